// Absolute URLs and IRIs (credentials/urls.py; RFC 3986, RFC 3987).

import { Undecided } from './outcomes.js';

const UCSCHAR =
  '\\u00a1-\\u167f\\u1681-\\u1fff\\u200c-\\u200d\\u2010-\\u2027\\u2030-\\u205e\\u2060-\\u2065' +
  '\\u206a-\\u2fff\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufefe\\uff00-\\uffef' +
  '\\u{10000}-\\u{1fffd}\\u{20000}-\\u{2fffd}\\u{30000}-\\u{3fffd}\\u{40000}-\\u{4fffd}' +
  '\\u{50000}-\\u{5fffd}\\u{60000}-\\u{6fffd}\\u{70000}-\\u{7fffd}\\u{80000}-\\u{8fffd}' +
  '\\u{90000}-\\u{9fffd}\\u{a0000}-\\u{afffd}\\u{b0000}-\\u{bfffd}\\u{c0000}-\\u{cfffd}' +
  '\\u{d0000}-\\u{dfffd}\\u{e1000}-\\u{efffd}';
const PRIVATE = '\\ue000-\\uf8ff\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}';
const NAME = `A-Za-z0-9\\-._~!$&'()*+,;=%${UCSCHAR}`;
const PATH = `${NAME}:@\\/`;
const LITERAL = `\\[(?:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~!$&'()*+,;=:]+)\\]`;
const TAIL = `(?:\\?[${PATH}?${PRIVATE}]*)?(?:#[${PATH}?]*)?`;
const WITH_HOST = new RegExp(
  `^([A-Za-z][A-Za-z0-9+.\\-]*):\\/\\/(?:[${NAME}:]*@)?(${LITERAL}|[${NAME}]*)(?::[0-9]*)?` +
    `(\\/[${PATH}]*)?${TAIL}$`,
  'u',
);
const WITHOUT_HOST = new RegExp(`^([A-Za-z][A-Za-z0-9+.\\-]*):(?!\\/\\/)[${PATH}]+${TAIL}$`, 'u');
const NEEDS_HOST = new Set(['http', 'https', 'ftp', 'ws', 'wss']);
const MOST_CHARACTERS = 8_192;
const AUTHORITY = /^https?:\/\/([^/?#]*)/i;
const PLAIN = /^([A-Za-z0-9._~-]*)(?::0*([0-9]*))?$/;
const MOST_OF_PORT = 65_535;

/** Tell whether a value is an absolute URL or IRI of correct syntax; one that is very long stays undecided. */
export function isUrl(text) {
  if (typeof text !== 'string') return false;
  if (text.length > MOST_CHARACTERS) throw new Undecided('UNSUPPORTED_HERE', 'An address is too long.');
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  const match = WITH_HOST.exec(text);
  if (match === null) {
    const other = WITHOUT_HOST.exec(text);
    return other !== null && !NEEDS_HOST.has(other[1].toLowerCase());
  }
  if (NEEDS_HOST.has(match[1].toLowerCase())) return match[2] !== '';
  return match[2] !== '' || Boolean(match[3]);
}

/** Name the host of a web address, with its port if it states one; null if there is none. */
export function hostOf(url) {
  const [, authority] = AUTHORITY.exec(url) ?? [];
  if (!authority || authority.includes('@')) return null;
  const [, host, port] = PLAIN.exec(authority) ?? odd();
  if (host === '' || Number(port) > MOST_OF_PORT) return null;
  const isStated = /:[0-9]+$/.test(authority);
  return host.toLowerCase() + (isStated ? `:${Number(port)}` : '');
}

/** Programs differ in what they take for one host, beyond plain names. */
const odd = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'A host is not named in plain letters.');
};
