// Passkeys: asks the service for a challenge, the browser for an answer, and sends the form with it.
// Without script a page offers other ways; what is here is shown by script alone.

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (credentials = []) => credentials.map((one) => ({ ...one, id: bytesOf(one.id) }));

async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const { response } = credential;
  return written(credential, {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

async function used(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const credential = await navigator.credentials.get({ publicKey });
  const { response } = credential;
  return written(credential, {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle ? textOf(response.userHandle) : null,
  });
}

const written = ({ id, rawId, type }, response) =>
  JSON.stringify({ id, rawId: textOf(rawId), type, response, clientExtensionResults: {} });

async function answer(form) {
  const asked = await fetch(form.dataset.ask, { method: "POST" });
  if (!asked.ok) {
    throw new Error(`status ${asked.status}`);
  }
  const options = await asked.json();
  form.elements.answer.value = await (form.dataset.passkey === "make" ? made : used)(options);
  form.submit();
}

function told(form, error) {
  const line = form.querySelector("[data-told]");
  const texts = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
  line.textContent = form.dataset[texts[error.name] ?? "failed"];
  line.hidden = false;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const isPossible = "PublicKeyCredential" in window;
  form.hidden = !isPossible;
  form.parentElement.querySelector("[data-without-passkeys]")?.toggleAttribute("hidden", isPossible);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("[data-told]").hidden = true;
    answer(form).catch((error) => told(form, error));
  });
}
