// Whose keys (keys/did.py, keys/controller_document.py; Controlled Identifiers 1.0 section 3.3).

import { decodeBase64url, keyFromJwk, keyFromMultikey } from './keys.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';
import { parseStrictJson } from './strict-json.js';
import { parseTimestamp } from './timestamps.js';

const MOST_METHODS = 64;
const MULTIBASE = new Set(['Multikey', 'Ed25519VerificationKey2020']);
const JWK = new Set(['JsonWebKey', 'JsonWebKey2020']);
const DID_WEB =
  /^did:web:([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z][A-Za-z0-9-]*)((?::[A-Za-z0-9._~-]+)*)$/;

/** Find the key that a proof names, for a purpose; `lookUp` finds documents by URL. */
export async function findKey(method, purpose, lookUp) {
  const [controller, fragment, ...more] = method.split('#');
  if (!controller || !fragment || more.length > 0) {
    throw new Refusal('INVALID_VERIFICATION_METHOD_URL', 'The method is no URL with a fragment.');
  }
  const document = await controllerDocument(controller, lookUp);
  if (!isObject(document) || document.id !== controller) {
    throw new Refusal('INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID', 'The document is of another.');
  }
  return keyIn(document, method, purpose);
}

async function controllerDocument(controller, lookUp) {
  if (controller.startsWith('did:key:')) {
    const multikey = controller.slice('did:key:'.length);
    keyFromMultikey(multikey);
    return documentOf(controller, { type: 'Multikey', publicKeyMultibase: multikey }, multikey);
  }
  if (controller.startsWith('did:jwk:')) {
    const jwk = parseStrictJson(decodeBase64url(controller.slice('did:jwk:'.length)));
    return documentOf(controller, { type: 'JsonWebKey', publicKeyJwk: jwk }, '0');
  }
  return lookUp(addressOf(controller));
}

function documentOf(id, key, fragment) {
  const name = `${id}#${fragment}`;
  const method = { id: name, controller: id, ...key };
  return { id, verificationMethod: [method], assertionMethod: [name], authentication: [name] };
}

/** Name the address of a controller's document. */
export function addressOf(controller) {
  if (controller.startsWith('https://')) return controller;
  const match = DID_WEB.exec(controller);
  const segments = match === null ? [] : match[2].split(':').slice(1);
  if (match === null || segments.some((segment) => segment === '.' || segment === '..')) {
    throw new Undecided('UNSUPPORTED_HERE', 'Identifiers of this kind are not looked up here.');
  }
  const path = segments.length > 0 ? `${segments.join('/')}/did.json` : '.well-known/did.json';
  return `https://${match[1]}/${path}`;
}

function keyIn(document, method, purpose) {
  const absolute = (name) => (typeof name === 'string' && name.startsWith('#') ? document.id + name : name);
  const found = new Map();
  const named = new Set();
  for (const member of ['verificationMethod', 'assertionMethod', 'authentication']) {
    const entries = asList(document[member]);
    if (entries.length > MOST_METHODS) throw new Refusal('INVALID_VERIFICATION_METHOD', 'Too many keys.');
    for (const entry of entries) {
      const name = absolute(isObject(entry) ? entry.id : entry);
      if (member === purpose) named.add(name);
      if (isObject(entry) && name === method) found.set(JSON.stringify(entry), entry);
    }
  }
  const [entry] = found.values();
  if (found.size !== 1 || entry.controller !== document.id) {
    throw new Refusal('INVALID_VERIFICATION_METHOD', "The key is not in its owner's document.");
  }
  if (!named.has(method)) {
    throw new Refusal('INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD', 'It is not for this purpose.');
  }
  const ends = ['expires', 'revoked'].filter((name) => name in entry);
  return {
    key: keyOf(entry),
    controller: document.id,
    ends: ends.map((name) => ({ name, at: parseTimestamp(entry[name]) })),
  };
}

function keyOf(entry) {
  const { type, publicKeyMultibase: multibase, publicKeyJwk: jwk } = entry;
  if (MULTIBASE.has(type) && typeof multibase === 'string' && jwk === undefined) {
    return keyFromMultikey(multibase);
  }
  if (JWK.has(type) && isObject(jwk) && multibase === undefined) return keyFromJwk(jwk);
  throw new Refusal('INVALID_VERIFICATION_METHOD', 'The key is of another form.');
}
