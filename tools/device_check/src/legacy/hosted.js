// Hosted badges of Open Badges 2.0: true is what stands at their own address (verifier/legacy/hosted.py).

import { Refusal, isObject } from '../outcomes.js';
import { HOSTED } from './classes.js';
import { LEGACY_GONE } from './documents.js';
import { isInScope } from './scope.js';
import { areEqual, idOf, only, typesIn } from './values.js';

const DECISIVE = ['type', 'name', 'recipient', 'issuedOn', 'expires', 'verification'];
const REFERENCES = ['badge', 'issuer'];

/** Find what stands at the id of a badge that was received, which must say the same. */
export async function publishedCopy(document, classes, documents) {
  const found = await documents.exact(document.id, classes).catch((error) => {
    if (error.code !== LEGACY_GONE) throw error;
    throw new Refusal('REVOKED', 'The issuer has taken the badge away, and so revoked it.');
  });
  const published = found.document;
  const isChanged =
    DECISIVE.some((name) => !areEqual(only(published[name]), only(document[name]))) ||
    REFERENCES.some((name) => idOf(published[name]) !== idOf(document[name]));
  if (isChanged) throw new Refusal('LEGACY_CHANGED', "The file says something else than the badge's address.");
  return found;
}

/** Require that the issuer lets badges be hosted there, by every document that led to the issuer. */
export function requireScope(identifier, { document, address, first, firstAddress }) {
  const isAllowed =
    isInScope(identifier, document, address) &&
    (first === undefined || isInScope(identifier, first, firstAddress));
  if (!isAllowed) {
    throw new Refusal('LEGACY_OUT_OF_SCOPE', 'It is hosted where its issuer does not host badges.');
  }
}

/** Tell whether a badge is to be verified at its host. */
export function isHosted(document) {
  const verification = only(document.verification);
  return isObject(verification) && typesIn(verification).some((name) => HOSTED.includes(name));
}
