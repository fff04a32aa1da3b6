// Data Integrity proofs (credentials/proofs; vc-di-eddsa and vc-di-ecdsa sections 3.2 and 3.3).

import { findKey } from './controllers.js';
import { decodeBase58, hashOf, signatureHolds } from './keys.js';
import { canonicalText } from './linked-data.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';
import { verifyDerived } from './selective.js';
import { parseTimestamp } from './timestamps.js';
import { isUrl } from './urls.js';

const EDWARDS = { canonical: 'rdfc', keys: ['Ed25519'] };
const SUITES = {
  'eddsa-rdfc-2022': EDWARDS,
  'eddsa-2022': EDWARDS,
  'eddsa-jcs-2022': { canonical: 'jcs', keys: ['Ed25519'] },
  'ecdsa-rdfc-2019': { canonical: 'rdfc', keys: ['P-256', 'P-384'] },
  'ecdsa-jcs-2019': { canonical: 'jcs', keys: ['P-256', 'P-384'] },
  'ecdsa-sd-2023': { canonical: 'selective', keys: ['P-256'] },
};
const SELECTIVE = 'ecdsa-sd-2023';
const PROOF_TYPE = 'DataIntegrityProof';
const PROOF_TYPES = { Ed25519Signature2020: EDWARDS };
const SUITES_ELSEWHERE = new Set(['bbs-2023']);
const OLDER_PROOF_TYPES = new Set([
  'BbsBlsSignature2020', 'BbsBlsSignatureProof2020', 'EcdsaSecp256k1Signature2019',
  'EcdsaSecp256r1Signature2019', 'Ed25519Signature2018', 'JsonWebSignature2020', 'MerkleProof2017',
  'MerkleProof2019', 'RsaSignature2018',
]);
const REQUIRED = ['type', 'verificationMethod', 'proofPurpose', 'proofValue'];
const MEMBERS = new Set([
  ...REQUIRED, '@context', 'challenge', 'created', 'cryptosuite', 'domain', 'expires', 'id', 'nonce',
  'previousProof',
]);
const MOST_CHARACTERS = { plain: 4_096, selective: 131_072 };
const MOST_PROOFS = 8;

const malformed = () => {
  throw new Refusal('PROOF_MALFORMED', 'The proof has not the form of one.', '/proof');
};
const isText = (value) => typeof value === 'string' && value !== '';

/** Take the proofs of a document apart, each with what it secures (VC Data Integrity 1.0 §4.5). */
export function securedProofs(document) {
  const proofs = asList(document.proof);
  if (!proofs.some((proof) => isObject(proof) && Object.keys(proof).length > 0)) {
    throw new Refusal('NO_PROOF', 'There is no proof.');
  }
  if (proofs.length > MOST_PROOFS) throw new Refusal('TOO_MANY_PROOFS', 'There are too many proofs.');
  proofs.forEach(requireForm);
  const byId = proofsById(proofs);
  for (const proof of proofs) requireNoCircle(proof, byId);
  const { proof: _proof, ...bare } = document;
  return proofs.map((proof) => {
    const previous = previousOf(proof, byId);
    return { proof, document: previous.length > 0 ? { ...bare, proof: previous } : bare };
  });
}

function proofsById(proofs) {
  const byId = new Map();
  for (const proof of proofs) {
    if (!('id' in proof)) continue;
    if (byId.has(proof.id)) throw new Refusal('PROOF_ID_NOT_UNIQUE', 'Two proofs have the same id.');
    byId.set(proof.id, proof);
  }
  return byId;
}

function previousOf(proof, byId) {
  return asList(proof.previousProof).map((name) => {
    if (!byId.has(name)) throw new Refusal('PREVIOUS_PROOF_MISSING', 'A previous proof is not there.');
    return byId.get(name);
  });
}

/** Refuse chains that lead back to themselves: nothing would ever be signed first. */
function requireNoCircle(start, byId) {
  const reached = new Set();
  const waiting = previousOf(start, byId);
  while (waiting.length > 0) {
    const proof = waiting.pop();
    if (proof === start) throw new Refusal('PROOF_CYCLE', 'A proof depends on itself.');
    if (!reached.has(proof)) waiting.push(...previousOf(proof, byId));
    reached.add(proof);
  }
}

function requireForm(proof) {
  if (!isObject(proof)) malformed();
  const isOlder = OLDER_PROOF_TYPES.has(proof.type);
  const required = REQUIRED.filter((name) => !(isOlder && name === 'proofValue' && 'jws' in proof));
  if (!required.every((name) => isText(proof[name]))) malformed();
  for (const name of Object.keys(proof)) if (!MEMBERS.has(name) && !(isOlder && name === 'jws')) malformed();
  if (proof.type === PROOF_TYPE && typeof proof.cryptosuite !== 'string') malformed();
  const isSelective = proof.cryptosuite === SELECTIVE;
  const most = MOST_CHARACTERS[isSelective ? 'selective' : 'plain'];
  if (isText(proof.proofValue) && proof.proofValue.length > most) malformed();
  requireOptionalForm(proof);
}

function requireOptionalForm(proof) {
  for (const name of ['created', 'expires']) if (name in proof) parseTimestamp(proof[name]);
  for (const name of ['challenge', 'nonce']) {
    if (name in proof && typeof proof[name] !== 'string') malformed();
  }
  for (const name of ['domain', 'previousProof']) {
    if (!(name in proof)) continue;
    const texts = asList(proof[name]);
    if (texts.length === 0 || !texts.every(isText)) malformed();
  }
  if ('id' in proof && !isUrl(proof.id)) malformed();
}

/** Find the suite of a proof; null for one that others can verify. */
function suiteOf(proof) {
  const { type, cryptosuite: name } = proof;
  if (Object.hasOwn(PROOF_TYPES, type)) return PROOF_TYPES[type];
  if (type !== PROOF_TYPE) {
    if (OLDER_PROOF_TYPES.has(type)) return null;
    throw new Refusal('UNKNOWN_PROOF_TYPE', 'No specification defines such a type of proof.');
  }
  if (Object.hasOwn(SUITES, name)) return SUITES[name];
  if (SUITES_ELSEWHERE.has(name)) return null;
  throw new Refusal('UNKNOWN_CRYPTOSUITE', 'No specification defines such a suite.');
}

/** Find the key of a proof: whose it is, and when that ends. */
export function keyOfProof(proof, world) {
  suiteOf(proof);
  return findKey(proof.verificationMethod, proof.proofPurpose, world.lookUp);
}

/** Verify a proof with the key that was found; the answer tells what a holder could leave out, if any could. */
export async function verifyProof({ proof, document }, found, world) {
  const suite = suiteOf(proof);
  if (suite === null) {
    throw new Undecided('UNSUPPORTED_PROOF', 'Proofs of this kind are not judged on this device.');
  }
  if (!suite.keys.includes(found.key.type)) {
    throw new Refusal('KEY_TYPE_MISMATCH', 'The suite is not used with such a key.');
  }
  const { proofValue, ...options } = proof;
  world.work.spendValues(options);
  world.work.spendValues(document);
  if (suite.canonical === 'selective') {
    const hashOfOptions = await hashOfConfiguration(options, document, 'SHA-256');
    return verifyDerived({ proof, document }, found.key, hashOfOptions, world.work);
  }
  const signature = decodeBase58(proofValue);
  const hashes = await hashData(suite.canonical, document, options, hashOf(found.key.type));
  if (!(await signatureHolds(found.key, signature, hashes))) {
    throw new Refusal('SIGNATURE_INVALID', 'Something was changed, or another key signed.', '/proof');
  }
  return undefined;
}

async function hashOfConfiguration(options, document, hash) {
  const text = await canonicalText({ ...options, '@context': document['@context'] }, hash);
  return new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(text)));
}

async function hashData(canonical, document, options, hash) {
  let texts;
  if (canonical === 'jcs') {
    const isSame = JSON.stringify(options['@context']) === JSON.stringify(document['@context']);
    if ('@context' in options && !isSame) {
      throw new Refusal('PROOF_CONTEXT_MISMATCH', "The document's contexts were not signed.");
    }
    texts = [canonicalJson(options), canonicalJson(document)];
  } else {
    const configuration = { ...options, '@context': document['@context'] };
    texts = [await canonicalText(configuration, hash), await canonicalText(document, hash)];
  }
  const digests = await Promise.all(
    texts.map((text) => crypto.subtle.digest(hash, new TextEncoder().encode(text))),
  );
  return new Uint8Array(digests.flatMap((digest) => [...new Uint8Array(digest)]));
}

/** Write canonical JSON (RFC 8785): names in the order of their UTF-16 code units. */
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}
