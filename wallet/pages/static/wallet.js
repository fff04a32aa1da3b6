// Installing the wallet, and reading one's own credentials without a network (worker.js).
// The only address that is ever made a worker is the one below.

const policy = window.trustedTypes?.createPolicy("tallystick-wallet", {
  createScriptURL: (url) => {
    if (url !== "/worker.js") {
      throw new TypeError("This is no worker of the wallet.");
    }
    return url;
  },
});

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(policy ? policy.createScriptURL("/worker.js") : "/worker.js");
}
