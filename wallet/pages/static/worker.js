// Keeps the pages of whoever is signed in here for reading without a network, and no others.
//
// 1. Only pages that the service marks with an owner are kept, and style and script of the pages.
// 2. As soon as a page of another owner comes, everything of the one before is forgotten.
// 3. Signing out, deleting the wallet, and being led to the page for signing in forget everything.

const PREFIX = "wallet-of-";
const OWNER = "Wallet-Owner";
const ENDS = new Set(["/sign-out", "/mine/delete"]);

async function forgetAllBut(kept) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== kept) {
      await caches.delete(name);
    }
  }
}

async function keep(request, response) {
  const owner = response.headers.get(OWNER);
  if (owner === null || !response.ok) {
    return;
  }
  const name = PREFIX + owner;
  await forgetAllBut(name);
  await (await caches.open(name)).put(request, response.clone());
}

async function keepAsset(request, response) {
  const [name] = (await caches.keys()).filter((one) => one.startsWith(PREFIX));
  if (name !== undefined && response.ok) {
    await (await caches.open(name)).put(request, response.clone());
  }
}

async function kept(request) {
  return (await caches.match(request)) ?? Response.error();
}

async function page(request) {
  let response;
  try {
    response = await fetch(request);
  } catch {
    return kept(request);
  }
  // A page of the wallet that leads elsewhere leads to signing in: nobody is signed in any more.
  if (response.type === "opaqueredirect") {
    await forgetAllBut(null);
  } else {
    await keep(request, response);
  }
  return response;
}

async function asset(request) {
  try {
    const response = await fetch(request);
    await keepAsset(request, response);
    return response;
  } catch {
    return kept(request);
  }
}

async function ending(request) {
  await forgetAllBut(null);
  return fetch(request);
}

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) {
    return;
  }
  if (request.method === "POST" && ENDS.has(url.pathname)) {
    event.respondWith(ending(request));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (request.method === "GET" && url.pathname.startsWith("/assets/")) {
    event.respondWith(asset(request));
  }
});
