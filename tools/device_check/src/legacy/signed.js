// Signed badges of Open Badges 2.0: a token whose key the issuer publishes (verifier/legacy/signed.py).

import { byCodePoints } from '../code-points.js';
import { Refusal, Undecided, asList, isObject } from '../outcomes.js';
import { verifyToken } from '../tokens.js';
import { SIGNED } from './classes.js';
import { rsaKeyFromPem } from './pem.js';
import { requireClassOf } from './rules.js';
import { idOf, member, only, typesIn } from './values.js';

const KEY = ['CryptographicKey'];
const KEYS_TRIED = 4;

const refuse = (code, message) => {
  throw new Refusal(code, message);
};

/** Verify the signature of a badge with a key that its issuer lists and that names the issuer as its owner. */
export async function verifySigned(received, issuer, documents) {
  const verification = only(received.document.verification);
  if (!isObject(verification) || !typesIn(verification).some((name) => SIGNED.includes(name))) {
    refuse('LEGACY_VERIFICATION', 'The badge says that it is to be verified otherwise.');
  }
  const creator = idOf(member(verification, 'creator'));
  const listed = new Map(asList(issuer.document.publicKey).map((key) => [idOf(key), key]));
  if (creator !== null && !listed.has(creator)) {
    refuse('LEGACY_KEY_NOT_LISTED', 'The key that is said to have signed is not among those of the issuer.');
  }
  const names = [...listed.keys()].filter((name) => name !== null).sort(byCodePoints);
  let problem = new Undecided('LEGACY_NO_KEY', 'The issuer publishes no key.');
  for (const name of creator !== null ? [creator] : names.slice(0, KEYS_TRIED)) {
    try {
      await verifyToken(received, await keyNamed(name, listed.get(name), issuer, documents));
      return;
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Undecided)) throw error;
      problem = error;
    }
  }
  throw problem;
}

/** Find a key in the issuer's profile or under its own id; no other id is followed. */
async function keyNamed(name, listed, issuer, documents) {
  const isInside = isObject(listed) && Object.hasOwn(listed, 'publicKeyPem');
  if (isInside) requireClassOf(listed, KEY);
  const { document } = isInside ? { document: listed } : await documents.exact(name, KEY);
  if (![issuer.address, issuer.document.id].includes(idOf(document.owner))) {
    refuse('LEGACY_KEY_OWNER', 'The key that signed belongs to somebody else than the issuer.');
  }
  return rsaKeyFromPem(member(document, 'publicKeyPem'));
}
