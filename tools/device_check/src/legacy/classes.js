// The classes of Open Badges 2.0: their properties, and how a document is told to be of one
// (credentials/legacy/classes.py).

import { asList, isObject } from '../outcomes.js';

export const CONTEXTS = ['https://w3id.org/openbadges/v2', 'https://openbadgespec.org/v2/context.json'];
const FIRST_CONTEXTS = ['https://w3id.org/openbadges/v1', 'https://openbadgespec.org/v1/context.json'];
const CONTEXT_PREFIXES = ['https://w3id.org/openbadges/', 'https://openbadgespec.org/'];
export const VOCABULARY = 'https://w3id.org/openbadges#';

/** Kinds of values of properties. */
export const Kind = {
  IRI: Symbol('an IRI'),
  WEB: Symbol('a web address'),
  TEXT: Symbol('a text'),
  BOOLEAN: Symbol('true or false'),
  DATE: Symbol('a date with time and time zone'),
  IDENTITY: Symbol('an identity, hashed if it says so'),
  REVOKED: Symbol('an id, or an object with one'),
};

/** A property holds a kind, or a class by its name, as an object or as the id of one. */
const property = (holds, options = {}) => ({ holds, isRequired: false, isMany: false, isInside: false, ...options });
const required = (holds, options = {}) => property(holds, { isRequired: true, ...options });
const many = (holds, options = {}) => property(holds, { isMany: true, ...options });
const INSIDE = { isInside: true };

const ID = required(Kind.IRI);
const ENDORSED = many('Endorsement');
const TEXT = property(Kind.TEXT);
const REQUIRED_TEXT = required(Kind.TEXT);
const IMAGE = property('Image');

const PROFILE = {
  id: ID,
  name: REQUIRED_TEXT,
  url: required(Kind.WEB),
  email: REQUIRED_TEXT,
  telephone: TEXT,
  description: TEXT,
  image: IMAGE,
  verification: property('VerificationObject', INSIDE),
  revocationList: property(Kind.WEB),
  publicKey: many('CryptographicKey'),
  endorsement: ENDORSED,
};

/** The classes of Open Badges 2.0 (section "Data Model") with their properties. */
export const CLASSES = new Map(Object.entries({
  Assertion: {
    id: ID,
    recipient: required('IdentityObject', INSIDE),
    badge: required('BadgeClass'),
    verification: required('VerificationObject', INSIDE),
    issuedOn: required(Kind.DATE),
    expires: property(Kind.DATE),
    revoked: property(Kind.BOOLEAN),
    revocationReason: TEXT,
    narrative: TEXT,
    image: IMAGE,
    evidence: many('Evidence'),
    endorsement: ENDORSED,
  },
  BadgeClass: {
    id: ID,
    name: REQUIRED_TEXT,
    description: REQUIRED_TEXT,
    criteria: required('Criteria'),
    issuer: required('Profile'),
    image: IMAGE,
    alignment: many('AlignmentObject', INSIDE),
    tags: many(Kind.TEXT),
    endorsement: ENDORSED,
  },
  Profile: PROFILE,
  Issuer: PROFILE,
  Endorsement: {
    id: ID,
    claim: required('Claim', INSIDE),
    issuer: required('Profile'),
    issuedOn: required(Kind.DATE),
    verification: required('VerificationObject', INSIDE),
  },
  CryptographicKey: { id: ID, owner: ID, publicKeyPem: REQUIRED_TEXT },
  RevocationList: { id: ID, issuer: property('Profile'), revokedAssertions: many(Kind.REVOKED) },
  IdentityObject: {
    type: REQUIRED_TEXT,
    identity: required(Kind.IDENTITY),
    hashed: required(Kind.BOOLEAN),
    salt: TEXT,
  },
  VerificationObject: {
    creator: property('CryptographicKey'),
    verificationProperty: TEXT,
    startsWith: many(Kind.WEB),
    allowedOrigins: many(Kind.TEXT),
  },
  Claim: { id: ID, endorsementComment: TEXT },
  Image: { id: property(Kind.IRI), caption: TEXT },
  Criteria: { id: property(Kind.IRI), narrative: TEXT },
  Evidence: {
    id: property(Kind.IRI),
    narrative: TEXT,
    name: TEXT,
    description: TEXT,
    genre: TEXT,
    audience: TEXT,
  },
  AlignmentObject: {
    targetName: REQUIRED_TEXT,
    targetUrl: required(Kind.IRI),
    targetDescription: TEXT,
    targetFramework: TEXT,
    targetCode: TEXT,
  },
}));

export const PROFILES = ['Issuer', 'Profile'];
export const DOCUMENTS = ['Assertion', 'BadgeClass', 'CryptographicKey', 'Endorsement', ...PROFILES];
export const HOSTED = ['hosted', 'HostedBadge'];
export const SIGNED = ['signed', 'SignedBadge'];
/** Types of the vocabulary beside the classes. */
export const OTHER_TYPES = [...HOSTED, ...SIGNED, 'Extension', 'RevocationList'];
/** Classes whose `type` says something else than the class. */
export const UNTYPED = ['Claim', 'IdentityObject', 'VerificationObject'];

/** Recognise a document of Open Badges 1 or 2; what calls itself a verifiable credential is none. */
export function isLegacy(document) {
  if (asList(document.type).includes('VerifiableCredential')) return false;
  const contexts = asList(document['@context']);
  return contexts.some(isOfOpenBadges) || (contexts.length === 0 && 'badge' in document && 'recipient' in document);
}

const isOfOpenBadges = (context) =>
  isObject(context)
    ? context.obi === VOCABULARY
    : typeof context === 'string' && CONTEXT_PREFIXES.some((prefix) => context.startsWith(prefix));

/** Tell whether a document is of Open Badges 0.5 to 1.1, which are not verified. */
export function isFirstGeneration(document) {
  const contexts = asList(document['@context']);
  return contexts.length === 0 || contexts.some((context) => FIRST_CONTEXTS.includes(context));
}
