// Keys of this device: made here, kept here, and used here; what leaves is the public half and
// signatures.  A private key cannot be exported, not even by this script.
//
// 1. Only what stands on the page, in elements with data-signed, is signed, and only by a press.
// 2. A key is found by a coordinate of its public half, which the service knows.
// 3. Without script, or without the key, a page shows what else is possible.

const DATABASE = "tallystick-device-keys";
const KEYS = "keys";
const CURVES = [{ name: "Ed25519" }, { name: "ECDSA", namedCurve: "P-256" }];

const isPossible = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function inStore(mode, use) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const database = await done(opening);
  try {
    const transaction = database.transaction(KEYS, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await done(use(transaction.objectStore(KEYS)));
    await ended;
    return result;
  } finally {
    database.close();
  }
}

const keptKey = (mark) =>
  isPossible ? inStore("readonly", (store) => store.get(mark)) : Promise.resolve(undefined);

async function newKey() {
  for (const curve of CURVES) {
    try {
      return await crypto.subtle.generateKey(curve, false, ["sign", "verify"]);
    } catch (error) {
      if (error.name !== "NotSupportedError") {
        throw error;
      }
    }
  }
  throw new Error("This browser makes no key that is of use here.");
}

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function made(form) {
  const { privateKey, publicKey } = await newKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  // A browser that may clear what it keeps by itself is asked not to.
  await navigator.storage?.persist?.();
  await inStore("readwrite", (store) => store.put(privateKey, x));
  form.elements.public_key.value = JSON.stringify(y ? { kty, crv, x, y } : { kty, crv, x });
  form.submit();
}

async function bytesToSign(form) {
  const texts = [...document.querySelectorAll("[data-signed]")].map((one) => one.textContent);
  const encoded = texts.map((one) => new TextEncoder().encode(one));
  if (form.dataset.signing === "text") {
    return encoded[0];
  }
  const digests = encoded.map((one) => crypto.subtle.digest("SHA-256", one));
  return new Blob(await Promise.all(digests)).arrayBuffer();
}

async function signed(form, key) {
  const isEcdsa = key.algorithm.name === "ECDSA";
  const algorithm = isEcdsa ? { name: "ECDSA", hash: "SHA-256" } : key.algorithm;
  form.elements.signature.value = textOf(
    await crypto.subtle.sign(algorithm, key, await bytesToSign(form)),
  );
  form.submit();
}

function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const line = form.querySelector("[data-failed]");
    line.hidden = true;
    act().catch(() => {
      line.hidden = false;
    });
  });
}

const show = (elements, isShown) => elements.forEach((one) => one.toggleAttribute("hidden", !isShown));

for (const form of document.querySelectorAll("form[data-make-key]")) {
  form.hidden = !isPossible;
  show(form.parentElement.querySelectorAll("[data-without-keys]"), !isPossible);
  onSubmit(form, () => made(form));
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  keptKey(form.dataset.sign).then((key) => {
    form.hidden = !key;
    show(document.querySelectorAll("[data-elsewhere]"), !key);
    show(document.querySelectorAll("[data-without-keys]"), false);
    if (key) {
      onSubmit(form, () => signed(form, key));
    }
  });
}

// What is only for a device that has the key; one that was retired is of no more use.
for (const one of document.querySelectorAll("[data-device-key]")) {
  keptKey(one.dataset.deviceKey).then((key) => {
    if (key && "retired" in one.dataset) {
      return inStore("readwrite", (store) => store.delete(one.dataset.deviceKey));
    }
    if (key) {
      show([one, one.closest("[data-device-keys]")].filter(Boolean), true);
      show(one.querySelectorAll("[data-here]"), true);
    }
    return undefined;
  });
}
