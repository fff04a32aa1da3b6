// Public RSA keys in PEM, in the form that nearly all of them have (keys/pem.py; RFC 7468, RFC 5280).

import { encodeBase64url, rsaKey } from '../keys.js';
import { Refusal, Undecided } from '../outcomes.js';

const MOST_CHARACTERS = 4_096;
const PEM = /^[ \t\r\n]*-----BEGIN PUBLIC KEY-----\r?\n((?:[A-Za-z0-9+/]+={0,2}\r?\n)+)-----END PUBLIC KEY-----[ \t\r\n]*$/;
/** rsaEncryption, 1.2.840.113549.1.1.1, with its empty parameters. */
const RSA_ENCRYPTION = '300d06092a864886f70d0101010500';
const [SEQUENCE, INTEGER, BIT_STRING] = [0x30, 0x02, 0x03];

/** Read an RSA public key; what is in another form of PEM stays undecided. */
export function rsaKeyFromPem(text) {
  if ([...text].length > MOST_CHARACTERS) malformed();
  const [, encoded] = PEM.exec(text) ?? (text.includes('-----BEGIN') ? unread() : malformed());
  const [modulus, exponent] = numbersIn(bytesOf(encoded.replace(/[\r\n]/g, '')));
  try {
    return rsaKey({ n: encodeBase64url(modulus), e: encodeBase64url(exponent) });
  } catch (error) {
    throw error.code === 'KEY_MALFORMED' ? new Refusal('MALFORMED_KEY', error.message) : error;
  }
}

const malformed = () => {
  throw new Refusal('MALFORMED_KEY', 'The text is not a public key in PEM.');
};

const unread = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'A key in PEM of this form is not read on this device.');
};

function bytesOf(encoded) {
  let text;
  try {
    text = atob(encoded);
  } catch {
    return unread();
  }
  return btoa(text) === encoded ? Uint8Array.from(text, (one) => one.charCodeAt(0)) : unread();
}

/** Read modulus and exponent out of a SubjectPublicKeyInfo in DER. */
function numbersIn(der) {
  const info = contentOf(der, SEQUENCE).content;
  const algorithm = [...info.subarray(0, RSA_ENCRYPTION.length / 2)];
  if (algorithm.map((byte) => byte.toString(16).padStart(2, '0')).join('') !== RSA_ENCRYPTION) unread();
  const bits = contentOf(info.subarray(algorithm.length), BIT_STRING).content;
  if (bits[0] !== 0) unread();
  const numbers = contentOf(bits.subarray(1), SEQUENCE).content;
  const modulus = contentOf(numbers, INTEGER, true);
  const exponent = contentOf(modulus.rest, INTEGER);
  return [modulus.content, exponent.content].map(unsigned);
}

/** Take one value of DER apart, whose length has its only spelling. */
function contentOf(der, tag, mayGoOn = false) {
  const [kind, first, ...next] = der.subarray(0, 4);
  if (first === 0x80) unread();
  const size = first < 0x80 ? 0 : first - 0x80;
  const length = size === 0 ? first : next.slice(0, size).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = 2 + size + length;
  const isShortest = size === 0 || (size === 1 && length > 0x7f) || (size === 2 && length > 0xff);
  if (kind !== tag || !isShortest || end > der.length || (end < der.length && !mayGoOn)) unread();
  return { content: der.subarray(2 + size, end), rest: der.subarray(end) };
}

/** Read a positive integer of DER without the zero before its highest bit. */
function unsigned(integer) {
  const isPadded = integer[0] === 0 && integer[1] > 0x7f;
  if (integer.length === 0 || integer[0] > 0x7f || (integer[0] === 0 && !isPadded)) unread();
  return isPadded ? integer.subarray(1) : integer;
}
