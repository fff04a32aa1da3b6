// Whether a badge of Open Badges 2.0 was taken back (verifier/legacy/revocation.py).

import { Refusal, Undecided, asList, isObject } from '../outcomes.js';
import { idOf, textsAmong } from './values.js';

const revoked = () => new Refusal('REVOKED', 'The issuer has revoked the badge.');

/** Require that a badge does not say itself that it is revoked. */
export function requireNotRevoked(document) {
  if (document.revoked === true) throw revoked();
}

/** Require that the issuer's own list does not name a badge; one that cannot be read decides nothing. */
export async function requireNotListed(document, url, issuer, documents) {
  const { document: list } = await documents.exact(url, ['RevocationList']).catch((error) => {
    throw error instanceof Refusal ? new Undecided(error.code, error.message) : error;
  });
  if (![null, issuer.address].includes(idOf(list.issuer))) {
    throw new Undecided('STATUS_VERIFICATION_ERROR', "The list of revoked badges is somebody else's.");
  }
  const names = namesOf(document);
  const isListed = (entry) => [...namesOf(entry)].some((name) => names.has(name));
  if (asList(list.revokedAssertions).some(isListed)) throw revoked();
}

/** Read the id and the uid of a badge, or an id that stands alone. */
const namesOf = (badge) => textsAmong(isObject(badge) ? [badge.id, badge.uid] : [badge]);
