// One request as JSON on standard input, one answer as JSON on standard output.
// A client answers {accepted, detail} to "verify" and "derive-verify", {document} to the others.
import {readFileSync, writeFileSync} from 'node:fs';

export const request = JSON.parse(readFileSync(0, 'utf8'));

export function answer(value) {
  writeFileSync(1, JSON.stringify(value));
  process.exit(0);
}

export function explain(error) {
  const inner = error?.errors?.[0] ?? error?.cause ?? error;
  return String(inner?.message ?? inner ?? 'no reason given').slice(0, 200);
}

// Nothing is fetched but what the request brings along: contexts and documents by URL.
export function known(url) {
  const document = request.documents[url] ?? request.contexts[url];
  if(document === undefined) {
    throw new Error(`Not at hand: ${url}`);
  }
  return document;
}
