// Data Integrity proofs (credentials/proofs; vc-di-eddsa and vc-di-ecdsa sections 3.2 and 3.3).

import { findKey } from './controllers.js';
import { decodeBase58, hashOf, signatureHolds } from './keys.js';
import { canonicalText } from './linked-data.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';
import { parseTimestamp } from './timestamps.js';
import { isUrl } from './urls.js';

const SUITES = {
  'eddsa-rdfc-2022': { canonical: 'rdfc', keys: ['Ed25519'] },
  'eddsa-jcs-2022': { canonical: 'jcs', keys: ['Ed25519'] },
  'ecdsa-rdfc-2019': { canonical: 'rdfc', keys: ['P-256', 'P-384'] },
  'ecdsa-jcs-2019': { canonical: 'jcs', keys: ['P-256', 'P-384'] },
};
const REQUIRED = ['type', 'verificationMethod', 'proofPurpose', 'proofValue', 'cryptosuite'];
const MEMBERS = new Set([
  ...REQUIRED, '@context', 'challenge', 'created', 'domain', 'expires', 'id', 'nonce', 'previousProof',
]);
const MOST_CHARACTERS = 256;

/** Read the one proof of a document, in its form (VC Data Integrity 1.0 section 2.1). */
export function proofOf(document) {
  const proofs = asList(document.proof);
  if (!proofs.some(isObject)) throw new Refusal('NO_PROOF', 'There is no proof.');
  if (proofs.length > 1) throw new Undecided('UNSUPPORTED_HERE', 'Several proofs are not judged here.');
  const [proof] = proofs;
  if (proof.type !== 'DataIntegrityProof' || !(proof.cryptosuite in SUITES)) {
    throw new Undecided('UNSUPPORTED_PROOF', 'Proofs of this kind are not judged on this device.');
  }
  requireForm(proof);
  return proof;
}

function requireForm(proof) {
  const malformed = () => {
    throw new Refusal('PROOF_MALFORMED', 'The proof has not the form of one.', '/proof');
  };
  if (!REQUIRED.every((name) => typeof proof[name] === 'string' && proof[name] !== '')) malformed();
  for (const name of Object.keys(proof)) if (!MEMBERS.has(name)) malformed();
  for (const name of ['created', 'expires']) if (name in proof) parseTimestamp(proof[name]);
  for (const name of ['challenge', 'nonce']) {
    if (name in proof && typeof proof[name] !== 'string') malformed();
  }
  if ('id' in proof && !isUrl(proof.id)) malformed();
  if (proof.proofValue.length > MOST_CHARACTERS) malformed();
  if ('previousProof' in proof || 'domain' in proof) {
    throw new Undecided('UNSUPPORTED_HERE', 'Chains and domains of proofs are not judged here.');
  }
}

/** Verify a proof; the answer says whose key made it, and when that ends. */
export async function verifyProof(document, proof, lookUp) {
  const found = await findKey(proof.verificationMethod, proof.proofPurpose, lookUp);
  const suite = SUITES[proof.cryptosuite];
  if (!suite.keys.includes(found.key.type)) {
    throw new Refusal('KEY_TYPE_MISMATCH', 'The suite is not used with such a key.');
  }
  const { proofValue, ...options } = proof;
  const { proof: _proof, ...unsecured } = document;
  const hashes = await hashData(suite.canonical, unsecured, options, hashOf(found.key.type));
  if (!(await signatureHolds(found.key, decodeBase58(proofValue), hashes))) {
    throw new Refusal('SIGNATURE_INVALID', 'Something was changed, or another key signed.', '/proof');
  }
  return found;
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
