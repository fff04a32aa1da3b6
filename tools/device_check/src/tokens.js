// Credentials in signed tokens (credentials/jose; RFC 7515, VC-JOSE-COSE 1.0, Open Badges 3.0 section 8.2).

import { claimsRefusal, completed, timesOf } from './claims.js';
import { documentOf, findKey, keyIn, methodsFor } from './controllers.js';
import { decodeBase64url, isSameKey, keyFromJwk, keyFromMultikey, signatureHolds } from './keys.js';
import { Refusal, Undecided, asList, idOf, isObject } from './outcomes.js';
import { MOST_BYTES, readJson } from './strict-json.js';

const ALGORITHMS = {
  EdDSA: 'Ed25519', Ed25519: 'Ed25519', ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', RS256: 'RSA',
};
const KNOWN_ELSEWHERE = new Set([
  'Ed448', 'ES256K', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'PS256', 'PS384', 'PS512', 'RS384', 'RS512',
]);
const TEXTS_OF_HEADER = ['alg', 'cty', 'kid', 'typ'];
const HEADER = new Set([...TEXTS_OF_HEADER, 'iss', 'jwk']);
const CLAIMS = new Set(['aud', 'cnf', 'exp', 'iat', 'iss', 'jti', 'nbf', 'nonce', 'sub']);
const HIDING = ['_sd', '_sd_alg', '...'];
const WRAPPERS = { vc: 'vc+jwt', vp: 'vp+jwt' };
const CONTENT_TYPES = { 'vc+jwt': ['vc', 'vc+ld+json'], 'vp+jwt': ['vp', 'vp+ld+json'] };
const MOST_HEADER = 8_192;
const MOST_SIGNATURE = 2_048;

const refuse = (code, message) => {
  throw new Refusal(code, message);
};

/** Open a token: {document, token}; nothing about its signature is known afterwards. */
export function openToken(text, mediaType) {
  const token = readToken(text);
  return contentsOf(token, jsonIn(token.payload, 'TOKEN_PAYLOAD_NOT_AN_OBJECT'), mediaType);
}

/** Take the document out of a token whose payload was read: {document, token}. */
export function contentsOf(token, payload, mediaType) {
  requireNothingHidden(payload);
  const claims = claimsOf(payload, token.header);
  const { wrapper, found } = documentIn(payload);
  const kind = asList(found.type).includes('VerifiablePresentation') ? 'vp+jwt' : 'vc+jwt';
  const stated = withoutPrefix(token.header.typ ?? mediaType);
  requireType(stated, kind, wrapper);
  const { cty } = token.header;
  if (cty !== undefined && !CONTENT_TYPES[kind].includes(withoutPrefix(cty))) {
    refuse('TOKEN_TYPE_MISMATCH', 'Its content type is not that of the document in it.');
  }
  if (wrapper !== undefined && Object.keys(payload).some((name) => name !== wrapper && !CLAIMS.has(name))) {
    refuse('TOKEN_CLAIM_UNKNOWN', 'There are members beside the document.');
  }
  const document = wrapper === undefined ? found : completed(found, claims, kind === 'vp+jwt');
  const isStrict = stated !== kind;
  return { document, token: { ...token, claims, times: timesOf(document, claims, isStrict), isStrict } };
}

/** Refuse a token whose claims are odd, or say something else than its document. */
export function requireClaims({ document, token }) {
  const refusal = claimsRefusal(document, token.claims, token.isStrict);
  if (refusal !== undefined) throw refusal;
}

/** Read a token in compact form whose header has no other members than those that are allowed. */
export function readToken(text, allowed = HEADER) {
  if (text.length > MOST_BYTES) refuse('TOO_LARGE', 'The token is too large.');
  const parts = text.split('.');
  if (parts.length !== 3) refuse('TOKEN_MALFORMED', 'The token has not three parts.');
  if (parts[0].length > MOST_HEADER || parts[2].length > MOST_SIGNATURE) refuse('TOO_LARGE', 'A part is too long.');
  const [header, payload, signature] = parts.map(decodeBase64url);
  const read = jsonIn(header, 'TOKEN_HEADER_NOT_AN_OBJECT');
  if (Object.keys(read).some((name) => !allowed.has(name))) {
    refuse('TOKEN_HEADER_NOT_ALLOWED', 'The header has a member that is not used in credentials.');
  }
  const isText = (name) => !(name in read) || (typeof read[name] === 'string' && read[name] !== '');
  if (!('alg' in read) || !TEXTS_OF_HEADER.every(isText)) {
    refuse('TOKEN_HEADER_MALFORMED', 'The header names algorithm, type and key not as texts.');
  }
  requireAlgorithm(read.alg);
  return { header: read, payload, signature, signed: new TextEncoder().encode(`${parts[0]}.${parts[1]}`) };
}

/** Read header or claims, for which not all rules of documents hold: the service tells them apart. */
export function jsonIn(bytes, code) {
  let read;
  try {
    read = readJson(bytes);
  } catch (error) {
    if (error.code === 'NOT_AN_OBJECT') refuse(code, error.message);
    throw error;
  }
  if (read.broken.length > 0) throw new Undecided('UNSUPPORTED_HERE', read.broken[0].message);
  return read.value;
}

function requireAlgorithm(name) {
  if (Object.hasOwn(ALGORITHMS, name)) return;
  if (name.toLowerCase() === 'none') refuse('TOKEN_UNSIGNED', 'The token says that it is not signed.');
  if (KNOWN_ELSEWHERE.has(name)) {
    throw new Undecided('UNSUPPORTED_ALGORITHM', 'Such signatures are not judged on this device.');
  }
  refuse('ALGORITHM_NOT_ALLOWED', 'Credentials are not signed with this algorithm.');
}

function requireNothingHidden(value) {
  if (Array.isArray(value)) value.forEach(requireNothingHidden);
  if (!isObject(value)) return;
  if (HIDING.some((name) => name in value)) refuse('TOKEN_HIDES_CLAIMS', 'The token hides parts.');
  Object.values(value).forEach(requireNothingHidden);
}

function claimsOf(payload, header) {
  const claims = Object.fromEntries(Object.entries(payload).filter(([name]) => CLAIMS.has(name)));
  if (!('iss' in header)) return claims;
  if ('iss' in claims && claims.iss !== header.iss) {
    refuse('TOKEN_CLAIM_MISMATCH', 'The token names two issuers.');
  }
  return { ...claims, iss: header.iss };
}

function documentIn(payload) {
  const wrappers = Object.keys(WRAPPERS).filter((name) => name in payload);
  if (wrappers.length === 0) {
    const members = Object.entries(payload).filter(([name]) => !CLAIMS.has(name));
    return { found: Object.fromEntries(members) };
  }
  const [wrapper] = wrappers;
  if (wrappers.length > 1) refuse('TOKEN_CLAIM_FORBIDDEN', 'It holds two documents at once.');
  if (!isObject(payload[wrapper])) refuse('TOKEN_WITHOUT_DOCUMENT', 'There is no document in it.');
  return { wrapper, found: payload[wrapper] };
}

const withoutPrefix = (type) => type?.toLowerCase().replace(/^application\//, '');

function requireType(stated, kind, wrapper) {
  if (stated !== undefined && stated !== 'jwt' && stated !== kind) {
    refuse('TOKEN_TYPE_MISMATCH', 'Its type is not that of the document in it.');
  }
  if (wrapper === undefined) return;
  if (stated === kind || WRAPPERS[wrapper] !== kind) {
    refuse('TOKEN_CLAIM_FORBIDDEN', 'A document must not stand in this claim.');
  }
}

/** Say who is said to have signed. */
export const partyOf = ({ document, token }) =>
  token.claims.iss ?? idOf('issuer' in document ? document.issuer : document.holder);

/** Find the key that signed a token, in the document of who is said to have signed. */
export async function keyOfToken(received, purpose, world) {
  const { kid, jwk } = received.token.header;
  const own = jwk === undefined ? undefined : ownKey(jwk);
  const party = partyOf(received);
  let found;
  if (kid !== undefined && kid.indexOf('#', 1) > 0) found = await findKey(kid, purpose, world.lookUp);
  else if (party === undefined) refuse('KEY_NOT_NAMED', 'The token does not say who signed it.');
  else {
    const document = await documentOf(party, world.lookUp);
    found = keyIn(document, methodNamed(document, kid === party ? undefined : kid, own, purpose), purpose);
  }
  if (own !== undefined && !isSameKey(found.key, own)) {
    refuse('INVALID_VERIFICATION_METHOD', 'The token brings another key than the one that it names.');
  }
  return found;
}

function ownKey(jwk) {
  if (!isObject(jwk)) refuse('KEY_MALFORMED', 'The key in the token is no JSON Web Key.');
  return keyFromJwk(jwk);
}

/** Choose the one method that is meant; several or none are an error, never a guess. */
function methodNamed(document, kid, own, purpose) {
  const methods = methodsFor(document, purpose);
  let names = [...methods.keys()];
  if (kid !== undefined) {
    const isNamed = (name) => {
      const fragment = name.split('#')[1] ?? '';
      return [name, `#${fragment}`, fragment, methods.get(name).publicKeyJwk?.kid].includes(kid);
    };
    names = names.filter(isNamed);
  } else if (own !== undefined) {
    names = names.filter((name) => isListed(document, name, own, purpose));
    // One key may be listed in two forms; if an entry says that it was revoked, that counts.
    names = [...names.filter((name) => 'revoked' in methods.get(name)), ...names].slice(0, 1);
  }
  if (names.length === 0) refuse('INVALID_VERIFICATION_METHOD', 'The key is not listed.');
  if (names.length > 1) refuse('KEY_NOT_NAMED', 'Several keys are listed; it does not say which.');
  return names[0];
}

function isListed(document, name, own, purpose) {
  try {
    return isSameKey(keyIn(document, name, purpose).key, own);
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Verify a token with the key that was found for it. */
export async function verifyToken({ token }, key) {
  if (key.type !== ALGORITHMS[token.header.alg]) {
    refuse('KEY_TYPE_MISMATCH', 'The algorithm is not used with such a key.');
  }
  if (!(await signatureHolds(key, token.signature, token.signed))) {
    refuse('SIGNATURE_INVALID', 'Something was changed, or another key signed.');
  }
}

/** Say in the terms of a proof what a token says. */
export function tokenAsProof(received, found, purpose) {
  const { header, times } = received.token;
  const kid = header.kid ?? '';
  const party = partyOf(received);
  const named = kid.indexOf('#', 1) > 0 ? kid : party === undefined ? '' : `${party}#${kid}`;
  return { verificationMethod: found?.method ?? named, proofPurpose: purpose, ends: times.expires };
}

/** Name the key that a token itself brings: it can refute a signature, and prove nothing. */
export function keyInToken({ token }) {
  const { kid = '', jwk } = token.header;
  return jwk === undefined ? keyInFragment(kid) : ownKey(jwk);
}

/** Read the key in the fragment of a verification method, if it looks like one. */
export function keyInFragment(method) {
  const fragment = method.split('#').slice(1).join('#');
  return /^(?:z6Mk|zDn|z82)/.test(fragment) ? keyFromMultikey(fragment) : undefined;
}
