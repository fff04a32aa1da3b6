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

const MOST_IDENTIFIER = 2_048;
const MOST_JWK = 1_024;
const RELATIONSHIPS = ['assertionMethod', 'authentication'];

/** Find the key that a proof names, for a purpose; `lookUp` finds documents by URL. */
export async function findKey(method, purpose, lookUp) {
  const [controller, fragment, ...more] = method.split('#');
  if (!controller || !fragment || more.length > 0) {
    throw new Refusal('INVALID_VERIFICATION_METHOD_URL', 'The method is no URL with a fragment.');
  }
  return keyIn(await documentOf(controller, lookUp), method, purpose);
}

/** Find the document of a controller, which names it as its own. */
export async function documentOf(controller, lookUp) {
  if (controller.length > MOST_IDENTIFIER) {
    throw new Refusal('INVALID_CONTROLLED_IDENTIFIER_DOCUMENT', 'The identifier is too long.');
  }
  const document = await controllerDocument(controller, lookUp);
  if (!isObject(document) || document.id !== controller) {
    throw new Refusal('INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID', 'The document is of another.');
  }
  return document;
}

async function controllerDocument(controller, lookUp) {
  if (controller.startsWith('did:key:')) {
    const multikey = controller.slice('did:key:'.length);
    keyFromMultikey(multikey);
    return documentOfKey(controller, { type: 'Multikey', publicKeyMultibase: multikey }, multikey);
  }
  if (controller.startsWith('did:jwk:')) {
    const encoded = controller.slice('did:jwk:'.length);
    if (encoded.length > MOST_JWK) throw new Refusal('KEY_MALFORMED', 'The key is too long.');
    const jwk = jwkIn(decodeBase64url(encoded));
    return documentOfKey(controller, { type: 'JsonWebKey', publicKeyJwk: jwk }, '0');
  }
  return lookUp(addressOf(controller));
}

/** Read the key of a did:jwk; what strict JSON does not allow, the service may read all the same. */
function jwkIn(bytes) {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    throw new Undecided('UNSUPPORTED_HERE', error.message);
  }
}

function documentOfKey(id, key, fragment) {
  const name = `${id}#${fragment}`;
  const method = { id: name, controller: id, ...key };
  return { id, verificationMethod: [method], assertionMethod: [name], authentication: [name] };
}

/** Name the address of a controller's document. */
export function addressOf(controller) {
  if (controller.startsWith('https://')) return controller;
  if (!/^did:web(?:vh)?:/.test(controller)) {
    throw new Undecided('UNSUPPORTED_DID_METHOD', 'Identifiers of this kind are not looked up.');
  }
  const match = DID_WEB.exec(controller);
  const segments = match === null ? [] : match[2].split(':').slice(1);
  if (match === null || segments.some((segment) => segment === '.' || segment === '..')) {
    throw new Undecided('UNSUPPORTED_HERE', 'Identifiers of this kind are not looked up here.');
  }
  const path = segments.length > 0 ? `${segments.join('/')}/did.json` : '.well-known/did.json';
  return `https://${match[1]}/${path}`;
}

/** Read all methods of a document by their ids; several under one id only if they differ. */
function methodsOf(document) {
  const methods = new Map();
  for (const member of ['verificationMethod', ...RELATIONSHIPS]) {
    for (const entry of entriesOf(document, member)) {
      const name = isObject(entry) ? absolute(document, entry.id) : undefined;
      if (typeof name !== 'string') continue;
      if (!methods.has(name)) methods.set(name, new Map());
      methods.get(name).set(JSON.stringify(entry), entry);
    }
  }
  return methods;
}

function entriesOf(document, member) {
  const entries = asList(document[member]);
  if (entries.length > MOST_METHODS) throw new Refusal('INVALID_VERIFICATION_METHOD', 'Too many keys.');
  return entries;
}

const absolute = (document, name) =>
  typeof name === 'string' && name.startsWith('#') ? document.id + name : name;

const namedFor = (document, purpose) =>
  new Set(entriesOf(document, purpose).map((entry) => absolute(document, isObject(entry) ? entry.id : entry)));

/** Find the methods that stand under a relationship, by their ids. */
export function methodsFor(document, purpose) {
  const named = namedFor(document, purpose);
  const found = [...methodsOf(document)].filter(([name]) => named.has(name));
  return new Map(found.map(([name, entries]) => [name, onlyMethod(entries)]));
}

function onlyMethod(entries) {
  if (entries?.size !== 1) {
    throw new Refusal('INVALID_VERIFICATION_METHOD', "The key is not in its owner's document.");
  }
  return [...entries.values()][0];
}

/** Take a key out of its owner's document, with whose it is and when that ends. */
export function keyIn(document, method, purpose) {
  const entry = onlyMethod(methodsOf(document).get(method));
  if (entry.controller !== document.id) {
    throw new Refusal('INVALID_VERIFICATION_METHOD', 'The key is of another owner.');
  }
  if (!RELATIONSHIPS.includes(purpose) || !namedFor(document, purpose).has(method)) {
    throw new Refusal('INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD', 'It is not for this purpose.');
  }
  const ends = ['expires', 'revoked'].filter((name) => name in entry);
  return {
    key: keyOf(entry),
    method,
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
