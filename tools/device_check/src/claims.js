// Registered claims of a token, held against its document (credentials/jose/claims.py).

import { VC_V1, VC_V2 } from './contexts.js';
import { Refusal, asList, idOf, isObject } from './outcomes.js';
import { parseTimestamp } from './timestamps.js';

const LATEST = 253_402_300_799;
const MICROSECONDS = 1_000_000n;
const TEXTS = ['iss', 'sub', 'jti', 'nonce'];
const BADGES = ['OpenBadgeCredential', 'AchievementCredential', 'EndorsementCredential', 'ClrCredential'];

const isPresentation = (document) => asList(document.type).includes('VerifiablePresentation');
const isInstant = (value) => typeof value === 'number' && value >= 0 && value <= LATEST;
const versionOf = (document) => {
  const first = Array.isArray(document['@context']) ? document['@context'][0] : undefined;
  return first === VC_V1 ? '1.1' : first === VC_V2 ? '2.0' : undefined;
};
const datesOf = (document) =>
  versionOf(document) === '1.1'
    ? { nbf: 'issuanceDate', exp: 'expirationDate' }
    : { nbf: 'validFrom', exp: 'validUntil' };

/** Find what is wrong with the claims of a token; undefined if nothing is. */
export function claimsRefusal(document, claims, isStrict) {
  if (isMalformed(claims)) return new Refusal('TOKEN_CLAIM_MALFORMED', 'A claim has not its form.');
  const isRepeating = isStrict && !isPresentation(document);
  if (isOfOthers(document, claims) || (isRepeating && isOfOtherTimes(document, claims))) {
    return new Refusal('TOKEN_CLAIM_MISMATCH', 'A claim says something else than the document.');
  }
  const isBadge = asList(document.type).some((name) => BADGES.includes(name));
  if (isRepeating && isBadge && ['iss', 'jti', 'nbf'].some((name) => !(name in claims))) {
    return new Refusal('TOKEN_CLAIM_MISSING', 'The token lacks a claim that Open Badges require.');
  }
  return undefined;
}

function isMalformed(claims) {
  const isOddText = (name) => name in claims && (typeof claims[name] !== 'string' || claims[name] === '');
  const audience = asList(claims.aud);
  const isOddAudience =
    'aud' in claims && (audience.length === 0 || audience.some((one) => typeof one !== 'string'));
  return (
    TEXTS.some(isOddText) || isOddAudience ||
    ['exp', 'nbf'].some((name) => name in claims && !isInstant(claims[name]))
  );
}

function isOfOthers(document, { iss, jti, sub }) {
  const role = isPresentation(document) ? 'holder' : 'issuer';
  if (iss !== undefined && role in document && idOf(document[role]) !== iss) return true;
  if (jti !== undefined && 'id' in document && document.id !== jti) return true;
  if (sub === undefined || isPresentation(document)) return false;
  const subjects = asList(document.credentialSubject);
  return subjects.length !== 1 || idOf(subjects[0]) !== sub;
}

function isOfOtherTimes(document, claims) {
  return Object.entries(datesOf(document)).some(([claim, member]) => {
    if (!(claim in claims) || !(member in document)) return false;
    const stated = secondsOf(document[member]);
    return stated !== undefined && stated !== BigInt(Math.trunc(claims[claim]));
  });
}

/** Read a date as whole seconds; what cannot be read is judged where dates are. */
function secondsOf(value) {
  try {
    const micros = parseTimestamp(value);
    // Seconds are cut off towards zero, as the verifier does.
    return micros / MICROSECONDS;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Read the times of a token, without those that repeat the document's dates. */
export function timesOf(document, claims, isStrict) {
  const dates = isStrict && !isPresentation(document) ? datesOf(document) : {};
  const at = (name) =>
    isInstant(claims[name]) && !(dates[name] in document)
      ? BigInt(Math.trunc(claims[name])) * MICROSECONDS
      : undefined;
  return { begins: at('nbf'), expires: at('exp') };
}

/** Complete a document of version 1.1 by what only claims say (VCDM 1.1 section 6.3.1). */
export function completed(document, claims, ofPresentation) {
  if (versionOf(document) !== '1.1' || isMalformed(claims)) return document;
  const role = ofPresentation ? 'holder' : 'issuer';
  const added = { id: claims.jti, [role]: claims.iss };
  if (!ofPresentation) {
    added.issuanceDate = stampOf(claims.nbf);
    added.expirationDate = stampOf(claims.exp);
  }
  const present = Object.fromEntries(Object.entries(added).filter(([, value]) => value !== undefined));
  return { ...present, ...document, ...withIds(document, claims, role) };
}

const stampOf = (seconds) =>
  seconds === undefined ? undefined : new Date(Math.trunc(seconds) * 1000).toISOString().replace('.000Z', 'Z');

function withIds(document, claims, role) {
  const found = {};
  for (const [member, claim] of [[role, 'iss'], ['credentialSubject', 'sub']]) {
    const value = document[member];
    if (isObject(value) && !('id' in value) && claim in claims) found[member] = { id: claims[claim], ...value };
  }
  return found;
}
