// Checks a credential in this browser.  Texts stand in the page, in its language: this script only
// chooses which of them are seen, and writes nothing but codes.

import { check } from "./device-check.js";

const form = document.querySelector("[data-device]");
const result = document.querySelector("[data-result]");
const says = document.querySelector("[role=status]");
const FINEST = 1;

function show(parent, name, value) {
  for (const part of parent.querySelectorAll(`[data-${name}]`)) {
    part.hidden = part.dataset[name] !== value;
  }
}

async function lookUp(url) {
  if (!form.elements.lookup?.checked) {
    return undefined;
  }
  const answer = await fetch(form.dataset.published, {
    method: "POST",
    body: new URLSearchParams({ url }),
  });
  return answer.ok ? (await answer.json()).document : undefined;
}

async function given() {
  const [file] = form.elements.file.files;
  if (file !== undefined) {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  }
  return { name: "", bytes: new TextEncoder().encode(form.elements.text.value) };
}

function fill(whose, checks) {
  for (const row of result.querySelectorAll("[data-check]")) {
    const cell = row.querySelector(`[data-whose=${whose}]`);
    const found = checks?.[row.dataset.check];
    show(cell, "outcome", checks === null ? "none" : found?.outcome ?? "indeterminate");
    cell.querySelector("code").textContent = found === undefined || found.code === "OK" ? "" : found.code;
  }
}

async function judge() {
  const { name, bytes } = await given();
  result.hidden = true;
  if (bytes.length === 0) {
    form.elements.file.focus();
    return;
  }
  says.textContent = form.dataset.busy;
  const begun = performance.now();
  const report = await check(bytes, { lookUp });
  const milliseconds = Math.max(FINEST, Math.round(performance.now() - begun));
  show(result, "verdict", report.verdict);
  fill("device", report.checks);
  fill("service", null);
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
    fill("service", Object.fromEntries(report.checks.map((one) => [one.id, one])));
  }
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "device") {
    event.preventDefault();
    void judge();
  }
});
result.querySelector("[data-compare]").addEventListener("click", () => void compare());
form.querySelector("[value=device]").hidden = false;
document.querySelector("[data-without-script]").hidden = true;
