// Strict JSON within limits (credentials/strict_json.py): what two readers could take for two
// documents is refused before it is read.

import { requireKeptNames } from './names.js';
import { Refusal, Undecided } from './outcomes.js';

export const MOST_BYTES = 1_048_576;
export const MOST_VALUES = 5_000;
export const MOST_DEPTH = 24;
const MOST_CHARACTERS = 262_144;
const MOST_CHARACTERS_OF_NAME = 512;
const MOST_DIGITS = 4_300;
const LARGEST_EXACT_INTEGER = 2n ** 53n - 1n;

const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;

/** Read UTF-8 bytes as one JSON object that keeps the rules of documents; else throw. */
export function parseStrictJson(bytes) {
  const { value, broken } = readJson(bytes);
  if (broken.length > 0) throw broken.find((one) => one instanceof Refusal) ?? broken[0];
  return value;
}

/**
 * Read UTF-8 bytes as one JSON object; throw `Refusal` for anything else.
 *
 * `broken` are the rules that credentials have to keep and not all JSON (credentials/document_rules.py).
 */
export function readJson(bytes) {
  const { value, broken } = readAnyJson(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('NOT_AN_OBJECT', 'A credential is one JSON object.');
  }
  return { value, broken };
}

/** Read UTF-8 bytes as any one value of JSON, as `readJson` reads an object. */
export function readAnyJson(bytes) {
  if (bytes.length > MOST_BYTES) throw new Refusal('TOO_LARGE', 'The document is too large.');
  const text = textOf(bytes);
  const broken = brokenRules(text);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('SYNTAX', 'The document is not JSON.');
  }
  requireKeptNames(value);
  return { value, broken };
}

/** Decode UTF-8 strictly; a byte order mark is refused. */
function textOf(bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('NOT_UTF8', 'The document is not UTF-8 text.');
  }
  if (text.startsWith('\ufeff')) throw new Refusal('BYTE_ORDER_MARK', 'It begins with a mark.');
  return text;
}

/** Go through the text once: depth, size, names that stand twice; collect the rules that it breaks. */
function brokenRules(text) {
  const open = [];
  const broken = [];
  let values = 0;
  let expectsName = false;
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (/^[\t\n\r ]*$/.test(text.slice(start))) return broken;
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
      const names = expectsName ? open.at(-1) : null;
      broken.push(...brokenByText(string, names));
      values += names === null ? 1 : 0;
    } else {
      values += 1;
      if (number !== undefined) broken.push(...brokenByNumber(number));
      else if (word === 'null') broken.push(new Refusal('NULL_VALUE', 'A value is null.'));
    }
    if (values > MOST_VALUES) throw new Refusal('TOO_MANY_VALUES', 'It has too many values.');
  }
}

const UNWANTED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/;

/** Tell whether a text has a character that canonicalizers write in different ways, or half of one. */
export const hasUnwanted = (text) => UNWANTED.test(text) || !text.isWellFormed();

function brokenByText(string, names) {
  const text = JSON.parse(string);
  const most = names === null ? MOST_CHARACTERS : MOST_CHARACTERS_OF_NAME;
  if (text.length > most && [...text].length > most) throw new Refusal('TOO_LONG', 'A text is too long.');
  if (!text.isWellFormed()) throw new Refusal('LONE_SURROGATE', 'A text is damaged.');
  if (names?.has(text)) throw new Refusal('DUPLICATE_NAME', 'A name stands twice in an object.');
  names?.add(text);
  return UNWANTED.test(text) ? [new Refusal('CONTROL_CHARACTER', 'A text has a control character.')] : [];
}

/** Require a number that can be read, and one that has one canonical form. */
export function brokenByNumber(text) {
  const inexact = [new Refusal('NUMBER_NOT_EXACT', 'A number cannot be signed exactly.')];
  if (/^-?[0-9]+$/.test(text)) {
    if (text.replace('-', '').length > MOST_DIGITS) throw new Refusal('NUMBER', 'A number has too many digits.');
    const whole = BigInt(text);
    if (whole > LARGEST_EXACT_INTEGER || whole < -LARGEST_EXACT_INTEGER) return inexact;
    return text === '-0' ? [new Undecided('UNSUPPORTED_HERE', 'It has a negative zero.')] : [];
  }
  const value = Number(text);
  const size = Math.abs(value);
  if (!Number.isFinite(value)) throw new Refusal('NUMBER', 'A number is too large to be read.');
  if (Object.is(value, -0) || size >= 1e16 || (size > 0 && size < 1e-4)) return inexact;
  const digits = String(size).replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return digits.length > 15 ? inexact : [];
}
