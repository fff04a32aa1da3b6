// Checks a credential in this browser.  Texts stand in the page, in its language: this script only
// chooses which of them are seen, and writes codes with the words that the service has for them.

import { Gone, check, isOnlyPicture } from "./device-check.js";

const form = document.querySelector("[data-device]");
const result = document.querySelector("[data-result]");
const says = document.querySelector("[role=status]");
const FINEST = 1;

function show(parent, name, value) {
  for (const part of parent.querySelectorAll(`[data-${name}]`)) {
    part.hidden = part.dataset[name] !== value;
  }
}

const GONE = 410;

// Asks the service for what stands at an address, if the reader has ticked the box for such addresses.
const askedIf = (box) => async (url) => {
  if (!form.elements[box]?.checked) {
    return undefined;
  }
  const answer = await fetch(form.dataset.published, {
    method: "POST",
    body: new URLSearchParams({ url }),
  });
  if (answer.status === GONE) {
    throw new Gone(url);
  }
  return answer.ok ? (await answer.json()).document : undefined;
};

// Puts the text of a code where a person would have pasted it, and says what can be done with it.
function take(code) {
  form.elements.file.value = "";
  form.elements.text.value = code.trim();
  const isLink = /^https?:/i.test(form.elements.text.value);
  show(form, "code", isLink ? "link" : "text");
  return isLink;
}

async function codeOf(file) {
  if (!/^image\/(png|jpeg|webp)$/.test(file.type)) {
    return undefined;
  }
  if (!(await isOnlyPicture(new Uint8Array(await file.arrayBuffer())))) {
    return undefined;
  }
  const { readCodeOfFile } = await import("./device-codes.js");
  return readCodeOfFile(file);
}

async function given() {
  let [file] = form.elements.file.files;
  const code = file === undefined ? undefined : await codeOf(file);
  if (code !== undefined) {
    take(code);
    file = undefined;
  }
  if (file !== undefined) {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  }
  return { name: "", bytes: new TextEncoder().encode(form.elements.text.value) };
}

// What codes mean, in the language of the page: all of them at once, so that asking tells nothing.
let meanings;
const wordsOf = () => (meanings ??= fetch(form.dataset.words)
  .then((answer) => (answer.ok ? answer.json() : {}))
  .catch(() => ({})));

function meaningOf(check, found, words) {
  const byCheck = words.checks?.[found?.outcome];
  return byCheck === undefined ? "" : words.codes[found.code] ?? byCheck[check] ?? "";
}

function fill(whose, checks, words) {
  for (const row of result.querySelectorAll("[data-check]")) {
    const cell = row.querySelector(`[data-whose=${whose}]`);
    const found = checks?.[row.dataset.check];
    show(cell, "outcome", checks === null ? "none" : found?.outcome ?? "indeterminate");
    cell.querySelector("code").textContent = found === undefined || found.code === "OK" ? "" : found.code;
    cell.querySelector("[data-words]").textContent = meaningOf(row.dataset.check, found, words);
  }
}

async function judge() {
  result.hidden = true;
  const { name, bytes } = await given();
  if (/^https?:/i.test(form.elements.text.value) && name === "") {
    show(form, "code", "link");
    form.querySelector("[data-full]").focus();
    return;
  }
  if (bytes.length === 0) {
    form.elements.file.focus();
    return;
  }
  says.textContent = form.dataset.busy;
  const begun = performance.now();
  const report = await check(bytes, { lookUp: askedIf("lookup"), lookUpLegacy: askedIf("older") });
  const milliseconds = Math.max(FINEST, Math.round(performance.now() - begun));
  const words = await wordsOf();
  show(result, "verdict", report.verdict);
  show(result, "kind", report.isLegacy ? "older" : "newer");
  fill("device", report.checks, words);
  fill("service", null, words);
  result.querySelector("[data-name]").textContent = name;
  result.querySelector("[data-issuer]").textContent = typeof report.issuer === "string" ? report.issuer : "";
  result.querySelector("[data-time]").textContent = `${milliseconds} ms`;
  result.hidden = false;
  says.textContent = "";
  result.querySelector("[data-verdict]:not([hidden]) h2").focus();
}

async function compare() {
  const { name, bytes } = await given();
  const body = new FormData();
  body.set("file", new Blob([bytes]), name || "credential.json");
  const answer = await fetch(form.dataset.report, { method: "POST", body });
  if (answer.ok && answer.headers.get("content-type").startsWith("application/json")) {
    const report = await answer.json();
    fill("service", Object.fromEntries(report.checks.map((one) => [one.id, one])), await wordsOf());
  }
}

const camera = form.querySelector("[data-camera]");
const video = camera.querySelector("video");
const PAUSE = 150;
let stream;

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = undefined;
  video.srcObject = null;
  video.hidden = true;
  camera.querySelector("[data-stop]").hidden = true;
}

async function watch() {
  const { readCode } = await import("./device-codes.js");
  while (stream !== undefined) {
    const code = await readCode(video, video.videoWidth, video.videoHeight);
    if (code !== undefined && stream !== undefined) {
      stopCamera();
      if (take(code)) {
        form.querySelector("[data-full]").focus();
      } else {
        await judge();
      }
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function startCamera() {
  stopCamera();
  show(form, "code", "none");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    show(form, "code", "no-camera");
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  camera.querySelector("[data-stop]").hidden = false;
  await video.play();
  await watch();
}

camera.hidden = false;
camera.querySelector("[data-start]").addEventListener("click", () => void startCamera());
camera.querySelector("[data-stop]").addEventListener("click", stopCamera);

form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "device") {
    event.preventDefault();
    void judge();
  }
});
result.querySelector("[data-compare]").addEventListener("click", () => void compare());
form.querySelector("[value=device]").hidden = false;
document.querySelector("[data-without-script]").hidden = true;
