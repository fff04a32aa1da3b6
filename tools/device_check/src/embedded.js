// Credentials inside other documents (credentials/linked_data/embedded.py).

import { asList, isObject } from './outcomes.js';

const CREDENTIALS = ['VerifiableCredential', 'EnvelopedVerifiableCredential'];
const ENVELOPES = ['EnvelopedVerifiableCredential', 'EnvelopedVerifiablePresentation'];
const EMBEDDING = new Set(['verifiableCredential', 'endorsement']);
export const ENDORSEMENTS = new Set(['endorsement', 'endorsementJwt']);

const hasType = (value, types) => isObject(value) && asList(value.type).some((name) => types.includes(name));

export const isEnvelope = (value) => hasType(value, ENVELOPES);

/** Tell whether a value of a member is a credential with contexts of its own. */
export const isEmbedded = (name, value) =>
  EMBEDDING.has(name) && hasType(value, CREDENTIALS) && '@context' in value;

/** List every credential with contexts of its own inside a document, the outer ones first. */
export function embeddedIn(document) {
  return Object.entries(document).flatMap(([name, value]) =>
    asList(value).flatMap((item) => {
      if (!isObject(item)) return [];
      return isEmbedded(name, item) ? [item, ...embeddedIn(item)] : embeddedIn(item);
    }),
  );
}

/** Copy a document leaving out the credentials inside it. */
export function withoutEmbedded(document) {
  const copy = {};
  for (const [name, value] of Object.entries(document)) {
    const kept = asList(value).filter((item) => !isEmbedded(name, item));
    if (asList(value).length > 0 && kept.length === 0) continue;
    const left = kept.map((item) => (isObject(item) ? withoutEmbedded(item) : item));
    copy[name] = Array.isArray(value) ? left : left[0];
  }
  return copy;
}

/** List what is, or ought to be, a credential of its own inside a document: {member, value}. */
export function containedIn(document) {
  return Object.entries(document).flatMap(([member, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item) => {
      const isMeant = EMBEDDING.has(member) || ENDORSEMENTS.has(member);
      if (isMeant || hasType(item, CREDENTIALS)) return [{ member, value: item }];
      return isObject(item) ? containedIn(item) : [];
    }),
  );
}
