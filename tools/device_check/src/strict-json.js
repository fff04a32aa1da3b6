// Strict JSON within limits (credentials/strict_json.py): what two readers could take for two
// documents is refused before it is read.

import { Refusal, Undecided } from './outcomes.js';

export const MOST_BYTES = 1_048_576;
const MOST_DEPTH = 24;
const MOST_VALUES = 5_000;
const MOST_CHARACTERS = 262_144;
/** Rules of credentials that not all JSON has to keep, by their codes. */
export const RULES_OF_DOCUMENTS = new Set(['NULL_VALUE', 'NUMBER_NOT_EXACT', 'CONTROL_CHARACTER']);
const LARGEST_EXACT_INTEGER = 2n ** 53n - 1n;

const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;

/** Read UTF-8 bytes as one JSON object; throw `Refusal` for anything else. */
export function parseStrictJson(bytes) {
  if (bytes.length > MOST_BYTES) throw new Refusal('TOO_LARGE', 'The document is too large.');
  return parseStrictText(textOf(bytes));
}

/** Decode UTF-8 strictly; a byte order mark is refused. */
export function textOf(bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('NOT_UTF8', 'The document is not UTF-8 text.');
  }
  if (text.startsWith('\ufeff')) throw new Refusal('BYTE_ORDER_MARK', 'It begins with a mark.');
  return text;
}

function parseStrictText(text) {
  requireStructure(text);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('SYNTAX', 'The document is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('NOT_AN_OBJECT', 'A credential is one JSON object.');
  }
  return value;
}

/** Go through the text once: depth, size, names that stand twice, numbers that are not exact. */
function requireStructure(text) {
  const open = [];
  let values = 0;
  let expectsName = false;
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (/^[\t\n\r ]*$/.test(text.slice(start))) return;
      throw new Refusal('SYNTAX', 'The document is not JSON.');
    }
    const [, mark, string, number, word] = match;
    if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : null);
      values += 1;
      if (open.length > MOST_DEPTH) throw new Refusal('TOO_DEEP', 'The document is too deep.');
      expectsName = mark === '{';
    } else if (mark === '}' || mark === ']') {
      open.pop();
      expectsName = false;
    } else if (mark === ',') {
      expectsName = open.at(-1) instanceof Set;
    } else if (mark === ':') {
      expectsName = false;
    } else if (string !== undefined) {
      values += requireText(string, expectsName ? open.at(-1) : null);
    } else {
      values += 1;
      if (number !== undefined) requireExactNumber(number);
      else if (word === 'null') throw new Refusal('NULL_VALUE', 'A value is null.');
    }
    if (values > MOST_VALUES) throw new Refusal('TOO_MANY_VALUES', 'It has too many values.');
  }
}

const UNWANTED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/;
const OF_JAVASCRIPT = new Set(['__proto__', 'constructor', 'prototype', 'toString', 'valueOf']);

function requireText(string, names) {
  const text = JSON.parse(string);
  if (text.length > MOST_CHARACTERS) throw new Refusal('TOO_LONG', 'A text is too long.');
  if (!text.isWellFormed()) throw new Refusal('LONE_SURROGATE', 'A text is damaged.');
  if (UNWANTED.test(text)) throw new Refusal('CONTROL_CHARACTER', 'A text has a control character.');
  if (names === null) return 1;
  if (names.has(text)) throw new Refusal('DUPLICATE_NAME', 'A name stands twice in an object.');
  if (OF_JAVASCRIPT.has(text)) {
    throw new Undecided('UNSUPPORTED_HERE', 'It has a name that has a meaning in JavaScript.');
  }
  names.add(text);
  return 0;
}

/** Require a number that has one canonical form (credentials/document_rules.py). */
function requireExactNumber(text) {
  const refuse = () => {
    throw new Refusal('NUMBER_NOT_EXACT', 'A number cannot be signed exactly.');
  };
  if (/^-?[0-9]+$/.test(text)) {
    const whole = BigInt(text);
    if (whole > LARGEST_EXACT_INTEGER || whole < -LARGEST_EXACT_INTEGER) refuse();
    if (text === '-0') throw new Undecided('UNSUPPORTED_HERE', 'It has a negative zero.');
    return;
  }
  const value = Number(text);
  const size = Math.abs(value);
  if (!Number.isFinite(value) || Object.is(value, -0) || size >= 1e16) refuse();
  if (size > 0 && size < 1e-4) refuse();
  const digits = String(size).replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length > 15) refuse();
}
