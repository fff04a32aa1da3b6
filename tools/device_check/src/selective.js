// Derived proofs of ecdsa-sd-2023: a holder shows parts, and nothing tells what else there is
// (credentials/proofs/ecdsa_sd_2023.py, verifier/checks/disclosure.py; vc-di-ecdsa section 3.6.7).

import { byCodePoints } from './code-points.js';
import { SELECTIVELY_DISCLOSED, add, undecided } from './judging.js';
import { decodeBase64url, encodeBase64url, keyOf, signatureHolds } from './keys.js';
import { canonicalText } from './linked-data.js';
import { Refusal, Undecided } from './outcomes.js';
import { BEGINNINGS, ENDS } from './timestamps.js';

const HASH = 'SHA-256';
const BASE_PROOF = 'u2V0A';
const HEADER = [0xd9, 0x5d, 0x01];
const P256 = [0x80, 0x24];
const SIGNATURE_BYTES = 64;
const LABEL_BYTES = 32;
const KEY_BYTES = 35;
const [NUMBER, BYTES, ARRAY, MAP] = [0, 2, 4, 5];
const QUAD =
  /^(<[^>]*>|_:\S+) <([^>]*)> (<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@\S+)?)(?: (<[^>]*>|_:\S+))? \.$/;
const STATUS = 'https://www.w3.org/2018/credentials#credentialStatus';
const STATUS_VOCABULARIES = ['https://w3id.org/vc/status-list#', 'https://www.w3.org/ns/credentials/status#'];

const mismatch = () => {
  throw new Refusal('DISCLOSURE_MISMATCH', 'The proof does not fit the document.', '/proof');
};

/** Verify a derived proof; the answer is the predicates of what its holder was free to leave out. */
export async function verifyDerived({ document, proof }, key, hashOfOptions, work) {
  const value = parsed(proof.proofValue);
  work.spendCount(value.signatures.length);
  const quads = (await canonicalText(document, HASH)).split('\n').filter((line) => line !== '').map(quadIn);
  const labels = new Set(quads.flatMap(({ terms }) => terms.filter((term) => term?.startsWith('_:'))));
  if (labels.size !== value.labels.size || ![...labels].every((label) => value.labels.has(label))) mismatch();
  const lines = quads.map((quad) => ({ ...quad, text: relabelled(quad, value.labels) }));
  lines.sort((one, other) => byCodePoints(one.text, other.text));
  if (value.indexes.length > 0 && value.indexes.at(-1) >= lines.length) mismatch();
  const chosen = new Set(value.indexes);
  const [mandatory, optional] = [true, false].map((isChosen) => lines.filter((_line, place) => chosen.has(place) === isChosen));
  if (optional.length !== value.signatures.length) mismatch();
  const hash = await digestOf(mandatory.map(({ text }) => text).join(''));
  await requireSignature(key, value.baseSignature, new Uint8Array([...hashOfOptions, ...value.keyBytes, ...hash]));
  for (const [place, { text }] of optional.entries()) {
    await requireSignature(value.key, value.signatures[place], new TextEncoder().encode(text));
  }
  return new Set(optional.map(({ predicate }) => predicate));
}

const digestOf = async (text) => new Uint8Array(await crypto.subtle.digest(HASH, new TextEncoder().encode(text)));

async function requireSignature(key, signature, message) {
  if (!(await signatureHolds(key, signature, message))) {
    throw new Refusal('SIGNATURE_INVALID', 'Something was changed, or another key signed.', '/proof');
  }
}

function quadIn(line) {
  const [, subject, predicate, object, graph] = QUAD.exec(line) ?? unread();
  return { predicate, terms: [subject, object, graph] };
}

const unread = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'A statement is not read on this device.');
};

function relabelled({ predicate, terms }, labels) {
  const [subject, object, graph] = terms.map((term) => (term?.startsWith('_:') ? `_:${labels.get(term)}` : term));
  return `${[subject, `<${predicate}>`, object, ...(graph === undefined ? [] : [graph])].join(' ')} .\n`;
}

const malformed = () => {
  throw new Refusal('PROOF_VALUE_MALFORMED', 'It is not exactly the value of a derived proof.', '/proof');
};

/** Read a derived proof value in its only spelling. */
function parsed(text) {
  if (text.startsWith(BASE_PROOF)) throw new Refusal('BASE_PROOF', 'It has its base proof, which is its holder’s alone.');
  const reader = new Reader(bytesOf(text));
  for (const byte of HEADER) if (reader.byte() !== byte) malformed();
  if (reader.head(ARRAY) !== 5) malformed();
  const baseSignature = reader.bytes(SIGNATURE_BYTES);
  const keyBytes = reader.bytes(KEY_BYTES);
  const signatures = reader.several(ARRAY, () => reader.bytes(SIGNATURE_BYTES));
  const entries = reader.several(MAP, () => [reader.head(NUMBER), reader.bytes(LABEL_BYTES)]);
  const indexes = reader.several(ARRAY, () => reader.head(NUMBER));
  reader.requireEnd();
  requireAscending(entries.map(([number]) => number));
  requireAscending(indexes);
  const labels = new Map(entries.map(([number, label]) => [`_:c14n${number}`, `u${encodeBase64url(label)}`]));
  if (new Set(labels.values()).size < labels.size) malformed();
  return { baseSignature, keyBytes, key: keyIn(keyBytes), signatures, labels, indexes };
}

function bytesOf(text) {
  if (!text.startsWith('u')) malformed();
  try {
    return decodeBase64url(text.slice(1));
  } catch {
    return malformed();
  }
}

function keyIn(bytes) {
  if (bytes[0] !== P256[0] || bytes[1] !== P256[1]) malformed();
  try {
    return keyOf('P-256', bytes.slice(P256.length));
  } catch {
    return malformed();
  }
}

function requireAscending(numbers) {
  if (numbers.some((one, place) => place > 0 && numbers[place - 1] >= one)) malformed();
}

/** Reads CBOR in its deterministic encoding (RFC 8949 section 4.2), as far as proof values use it. */
class Reader {
  #place = 0;
  #data;

  constructor(data) {
    this.#data = data;
  }

  byte() {
    if (this.#place >= this.#data.length) malformed();
    this.#place += 1;
    return this.#data[this.#place - 1];
  }

  /** Read the head of a value of a kind, whose number has its shortest form. */
  head(kind) {
    const first = this.byte();
    const short = first & 0x1f;
    if (first >> 5 !== kind || short > 26) malformed();
    if (short < 24) return short;
    let number = 0;
    for (let left = 2 ** (short - 24); left > 0; left -= 1) number = number * 256 + this.byte();
    if (number < [24, 0x100, 0x10000][short - 24]) malformed();
    return number;
  }

  bytes(length) {
    if (this.head(BYTES) !== length || this.#place + length > this.#data.length) malformed();
    this.#place += length;
    return this.#data.slice(this.#place - length, this.#place);
  }

  several(kind, read) {
    const count = this.head(kind);
    if (count > this.#data.length) malformed();
    return Array.from({ length: count }, read);
  }

  requireEnd() {
    if (this.#place !== this.#data.length) malformed();
  }
}

/** Judge what may have been left out of a document with derived proofs: silence is no answer. */
export function judgeDisclosure(document, evidence, checks) {
  const found = evidence.filter(({ left }) => left !== undefined);
  if (found.length === 0) return;
  add(checks, 'proof', SELECTIVELY_DISCLOSED);
  const leftOut = (id, code) => add(checks, id, undecided(code, 'It may have been left out.'));
  const has = (names) => names.some((name) => name in document);
  if (!has(BEGINNINGS)) leftOut('validity', 'START_UNDISCLOSED');
  if (!has(ENDS) && found.every(({ expires }) => expires === undefined)) leftOut('validity', 'END_UNDISCLOSED');
  const left = found.flatMap((one) => [...one.left]);
  if (!('credentialStatus' in document)) leftOut('status', 'STATUS_UNDISCLOSED');
  else if (left.some(isOfStatus)) leftOut('status', 'STATUS_LEFT_TO_HOLDER');
}

const isOfStatus = (name) => name === STATUS || STATUS_VOCABULARIES.some((one) => name.startsWith(one));

/** Leave a presentation undecided that somebody could have cut down after its holder signed. */
export function judgePresentedInParts(evidence, checks) {
  if (evidence.every(({ left }) => left === undefined)) return;
  add(checks, 'proof', undecided('PRESENTED_IN_PARTS', 'This presentation can be cut down by whoever passes it on.'));
}
