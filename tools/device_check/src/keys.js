// Public keys and signatures (keys/verification_key.py): Multikey and JWK, strictly.

import { Refusal, Undecided } from './outcomes.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const MOST_BASE58 = 512;
const FIELD_PRIME = 2n ** 255n - 19n;
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER_EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const LOW_ORDER = new Set([0n, 1n, FIELD_PRIME - 1n, ORDER_EIGHT, FIELD_PRIME - ORDER_EIGHT]);
const CURVES = {
  'P-256': {
    size: 32, hash: 'SHA-256',
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    size: 48, hash: 'SHA-384',
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    size: 66, hash: 'SHA-512',
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};
const MULTICODEC = { 'Ed25519': [0xed, 0x01], 'P-256': [0x80, 0x24], 'P-384': [0x81, 0x24] };

/** Read multibase base58btc in its only spelling. */
export function decodeBase58(text) {
  const refuse = () => {
    throw new Refusal('KEY_MALFORMED', 'A value is not base58btc.');
  };
  if (!text.startsWith('z') || text.length < 2 || text.length > MOST_BASE58) refuse();
  let number = 0n;
  for (const character of text.slice(1)) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) refuse();
    number = number * 58n + BigInt(digit);
  }
  const zeros = /^z(1*)/.exec(text)[1].length;
  const bytes = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
  return new Uint8Array([...new Array(zeros).fill(0), ...bytes]);
}

/** Read base64url without padding in its only spelling. */
export function decodeBase64url(text) {
  const refuse = () => {
    throw new Refusal('BASE64_MALFORMED', 'A value is not base64url without padding.');
  };
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) refuse();
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
    c.charCodeAt(0),
  );
  if (encodeBase64url(bytes) !== text) refuse();
  return bytes;
}

export function encodeBase64url(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bigEndian = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function toBytes(number, size) {
  const bytes = new Uint8Array(size);
  for (let place = size - 1; place >= 0; place -= 1, number >>= 8n) bytes[place] = Number(number & 255n);
  return bytes;
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (base %= modulus; exponent > 0n; exponent >>= 1n, base = (base * base) % modulus) {
    if (exponent & 1n) result = (result * base) % modulus;
  }
  return result;
}

/** Refuse points that are not canonical or of low order: one signature would fit much. */
function requireSoundPoint(bytes, what) {
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  if (y >= FIELD_PRIME || LOW_ORDER.has(y)) throw new Refusal('KEY_MALFORMED', `${what} is unsound.`);
}

/** Read a publicKeyMultibase: {type, point}. */
export function keyFromMultikey(text) {
  const data = decodeBase58(text);
  for (const [type, [first, second]] of Object.entries(MULTICODEC)) {
    if (data[0] === first && data[1] === second) return keyOf(type, data.slice(2));
  }
  throw new Refusal('UNSUPPORTED_KEY_TYPE', 'The key is of another kind.');
}

/** Read the bytes of a key of a kind; points of curves are compressed. */
export function keyOf(type, bytes) {
  if (type === 'Ed25519') {
    if (bytes.length !== 32) throw new Refusal('KEY_MALFORMED', 'The key has another length.');
    requireSoundPoint(bytes, 'The key');
    return { type, bytes };
  }
  const { size, p, b } = CURVES[type];
  if (bytes.length !== size + 1 || (bytes[0] !== 2 && bytes[0] !== 3)) {
    throw new Refusal('KEY_MALFORMED', 'The key is not a compressed point.');
  }
  const x = bigEndian(bytes.slice(1));
  const square = (((x * x * x - 3n * x + b) % p) + p) % p;
  let y = power(square, (p + 1n) / 4n, p);
  if (x >= p || (y * y) % p !== square) throw new Refusal('KEY_MALFORMED', 'It is not on the curve.');
  if ((y & 1n) !== BigInt(bytes[0] & 1)) y = p - y;
  return { type, bytes: new Uint8Array([4, ...toBytes(x, size), ...toBytes(y, size)]) };
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const ALGORITHMS = {
  'Ed25519': ['EdDSA', 'Ed25519'], 'P-256': ['ES256'], 'P-384': ['ES384'], 'P-521': ['ES512'], 'RSA': ['RS256'],
};
const KINDS = { 'Ed25519': 'OKP', 'P-256': 'EC', 'P-384': 'EC', 'P-521': 'EC' };
const FEWEST_BITS = 2_048;
const MOST_BITS = 8_192;

const unsound = (message) => {
  throw new Refusal('KEY_MALFORMED', message);
};

/** Read a public JSON Web Key that is meant for verifying (RFC 7517, 7518, 8037). */
export function keyFromJwk(jwk) {
  const type = jwk.kty === 'RSA' ? 'RSA' : jwk.crv;
  if (typeof type !== 'string' || (type !== 'RSA' && !(Object.hasOwn(KINDS, type) && KINDS[type] === jwk.kty))) {
    throw new Refusal('UNSUPPORTED_KEY_TYPE', 'The key is of another kind.');
  }
  if (PRIVATE.some((name) => name in jwk)) unsound('This is no public JSON Web Key.');
  requireForVerifying(jwk, type);
  if (type === 'RSA') return rsaKey(jwk);
  const x = decodeBase64url(jwk.x);
  if (type === 'Ed25519') return keyOf(type, x);
  const y = decodeBase64url(jwk.y);
  const { size } = CURVES[type];
  if (x.length !== size || y.length !== size) unsound('Its length is wrong.');
  const key = keyOf(type, new Uint8Array([2 + (y.at(-1) & 1), ...x]));
  if (encodeBase64url(key.bytes.slice(1 + size)) !== jwk.y) unsound('It is not on the curve.');
  return key;
}

function requireForVerifying(jwk, type) {
  const { use = 'sig', key_ops: operations = ['verify'], alg = ALGORITHMS[type][0] } = jwk;
  const isMeant = use === 'sig' && Array.isArray(operations) && operations.includes('verify');
  if (!isMeant) unsound('The key is not meant for verifying.');
  if (!ALGORITHMS[type].includes(alg)) unsound('The key names an algorithm of another kind.');
}

/** Read an RSA key: 2048 to 8192 bits, and an exponent that is used. */
export function rsaKey({ n, e }) {
  const [modulus, exponent] = [decodeBase64url(n), decodeBase64url(e)];
  if (!modulus[0] || !exponent[0] || exponent.length > 4) unsound('A number of the key is odd.');
  const bits = modulus.length * 8 - Math.clz32(modulus[0]) + 24;
  const open = bigEndian(exponent);
  if (bits < FEWEST_BITS || bits > MOST_BITS || !(modulus.at(-1) & 1)) unsound('The key has another size.');
  if (open <= 65_536n || !(open & 1n)) unsound('Its exponent is not one that is used.');
  return { type: 'RSA', bytes: modulus, jwk: { kty: 'RSA', n, e, alg: 'RS256', ext: true } };
}

/** Tell whether two keys are one. */
export const isSameKey = (one, other) =>
  one.type === other.type && encodeBase64url(one.bytes) === encodeBase64url(other.bytes) &&
  one.jwk?.e === other.jwk?.e;

export const hashOf = (type) => CURVES[type]?.hash ?? 'SHA-256';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Import a key, with what it is used with; undefined for one that is no key. */
async function imported(key) {
  const isCurve = key.type in CURVES;
  const algorithm = isCurve ? { name: 'ECDSA', namedCurve: key.type } : key.type === 'RSA' ? RSA : 'Ed25519';
  const [format, data] = key.type === 'RSA' ? ['jwk', key.jwk] : ['raw', key.bytes];
  try {
    return await crypto.subtle.importKey(format, data, algorithm, false, ['verify']);
  } catch (error) {
    // Only a curve of Edwards is not checked before; browsers differ in what they know.
    if (key.type === 'Ed25519' && error.name !== 'NotSupportedError') return undefined;
    throw new Undecided('UNSUPPORTED_HERE', 'This browser does not know keys of this kind.');
  }
}

/** Tell whether a signature over `message` holds (RFC 8032; FIPS 186-5, r and s side by side). */
export async function signatureHolds(key, signature, message) {
  if (!isWellFormed(key, signature)) return false;
  const known = await imported(key);
  if (known === undefined) return false;
  const algorithm =
    key.type in CURVES ? { name: 'ECDSA', hash: hashOf(key.type) } : key.type === 'RSA' ? RSA.name : 'Ed25519';
  return crypto.subtle.verify(algorithm, known, signature, message);
}

function isWellFormed(key, signature) {
  if (key.type in CURVES) return signature.length === 2 * CURVES[key.type].size;
  if (key.type === 'RSA') return signature.length === key.bytes.length;
  if (signature.length !== 64 || littleEndian(signature.slice(32)) >= GROUP_ORDER) return false;
  try {
    requireSoundPoint(signature.slice(0, 32), 'The signature');
  } catch {
    return false;
  }
  return true;
}
