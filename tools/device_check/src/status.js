// Whether a credential is withdrawn (credentials/status; Bitstring Status List 1.0 section 3.2), and by the
// unsigned lists of old badges (verifier/checks/revocation_list.py).

import { inflate } from './bytes.js';
import { addressOf } from './controllers.js';
import { withoutSpace } from './forms.js';
import { decodeBase64url } from './keys.js';
import { Refusal, Undecided, asList, idOf, isObject } from './outcomes.js';
import { parseTimestamp } from './timestamps.js';
import { hostOf } from './urls.js';

const FEWEST_ENTRIES = 131_072;
const MOST_BYTES = 2_097_152;
const MOST_ENTRIES = 16;
const MOST_STALE = 86_400_000_000n;
const MOST_CHARACTERS = 1_048_576;
const MOST_ROWS = 100_000;
const REVOCATION_LIST = '1EdTechRevocationList';
/** Kinds of signed lists, by the type of the entries that point to them. */
const KINDS = {
  BitstringStatusListEntry: {
    list: 'BitstringStatusListCredential', content: 'BitstringStatusList', decode: decodeMultibase,
  },
  StatusList2021Entry: { list: 'StatusList2021Credential', content: 'StatusList2021', decode: (text) => decodeBase64(text) },
};
/** What a value other than 0 means for each purpose, by its code. */
const PURPOSES = new Map([
  ['revocation', 'REVOKED'], ['suspension', 'SUSPENDED'], ['message', 'STATUS_MESSAGE'], ['refresh', 'REFRESH_AVAILABLE'],
]);

/**
 * Require that no entry says that it is withdrawn; `judgeList` verifies a list as a credential.
 *
 * Answers the codes of what is to be noted.
 */
export async function requireInForce(document, issuer, world, judgeList) {
  const entries = asList(document.credentialStatus);
  if (entries.length > MOST_ENTRIES) {
    throw new Refusal('TOO_MANY_STATUS_ENTRIES', 'There are too many status entries.');
  }
  const notes = [];
  for (const entry of entries) {
    const kind = kindOf(entry);
    if (kind === REVOCATION_LIST) notes.push(await requireNotListed(entry, document, issuer, world));
    else notes.push(await noteOnListed(entry, KINDS[kind], issuer, world, judgeList));
  }
  return notes.filter((note) => note !== undefined);
}

/** Name the one type of an entry that is understood; two of them would lead to two answers. */
function kindOf(entry) {
  const known = [REVOCATION_LIST, ...Object.keys(KINDS)].filter((name) => asList(entry.type).includes(name));
  if (known.length !== 1) throw new Undecided('UNKNOWN_STATUS_TYPE', 'A status of this kind is not understood.');
  return known[0];
}

async function noteOnListed(entry, kind, issuer, world, judgeList) {
  const { statusPurpose: purpose, statusSize: size = 1 } = entry;
  if (!PURPOSES.has(purpose)) {
    throw new Undecided('UNKNOWN_STATUS_PURPOSE', 'A status of this purpose is not understood.');
  }
  const list = await world.lookUp(entry.statusListCredential);
  await requireList(list, entry, kind, issuer, judgeList);
  const bits = await inflated(list.credentialSubject.encodedList, kind.decode);
  const isSet = valueAt(bits, Number(entry.statusListIndex), size) !== 0;
  // Nothing takes a revocation back; all else counts only as long as the list does.
  if (isSet && purpose === 'revocation') throw new Refusal(PURPOSES.get(purpose), 'It is revoked.', '/credentialStatus');
  requireFresh(list, world.moment);
  if (isSet && purpose === 'suspension') throw new Refusal(PURPOSES.get(purpose), 'It is suspended.', '/credentialStatus');
  return isSet ? PURPOSES.get(purpose) : undefined;
}

/** Read the entry of so many bits at an index, the most significant bit first. */
function valueAt(bits, index, size) {
  if (Math.floor((bits.length * 8) / size) < FEWEST_ENTRIES || (index + 1) * size > bits.length * 8) {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list has no such entry.');
  }
  let value = 0;
  for (let place = index * size; place < (index + 1) * size; place += 1) {
    value = value * 2 + ((bits[Math.floor(place / 8)] >> (7 - (place % 8))) & 1);
  }
  return value;
}

async function requireList(list, entry, kind, issuer, judgeList) {
  const odd = () => {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be relied on.');
  };
  if (!isObject(list) || !isObject(list.credentialSubject)) odd();
  const { type, statusPurpose } = list.credentialSubject;
  const isMeant =
    asList(list.type).includes(kind.list) && type === kind.content &&
    asList(statusPurpose).includes(entry.statusPurpose) && list.id === entry.statusListCredential &&
    !('credentialStatus' in list);
  if (!isMeant || (await judgeList(list)) !== issuer) odd();
}

/** Require that the issuer's own host does not list a credential (1EdTech Revocation List 1.0). */
async function requireNotListed(entry, document, issuer, world) {
  const url = idOf(entry);
  const host = url === undefined ? null : secureHostOf(url);
  if (host === null || host !== secureHostOf(addressOf(issuer))) {
    throw new Undecided('STATUS_LIST_UNSIGNED', "The list is unsigned, and not on the issuer's own host.");
  }
  const rows = rowsOf(await world.lookUp(url), url, issuer);
  const id = idOf(document);
  if (id === undefined) throw new Undecided('STATUS_VERIFICATION_ERROR', 'The credential has no id to be listed by.');
  if (rows.some((row) => plainId(row.id) === plainId(id) && (row.revoked ?? true))) {
    throw new Refusal('REVOKED', 'It stands on the revocation list.', '/credentialStatus');
  }
  return 'STATUS_LIST_UNSIGNED';
}

function secureHostOf(url) {
  const host = /^https:/i.test(url) ? hostOf(url) : null;
  return host === null ? null : host.replace(/:0$/, '').replace(/^[^:]*$/, '$&:443');
}

function rowsOf(list, url, issuer) {
  const rows = isObject(list) ? list.revokedCredential : undefined;
  const isRow = (row) => isObject(row) && typeof row.id === 'string' && typeof (row.revoked ?? true) === 'boolean';
  const isSound =
    Array.isArray(rows) && rows.length <= MOST_ROWS && rows.every(isRow) && rows.every((row) => row.revoked !== null);
  if (!isSound || ('id' in list && list.id !== url) || ('issuer' in list && idOf(list.issuer) !== issuer)) {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The revocation list cannot be relied on.');
  }
  return rows;
}

/** Write ids alike that Open Badges 3.0 section 10 takes for the same. */
function plainId(id) {
  try {
    return withoutSpace(decodeURIComponent(id));
  } catch {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'An id cannot be compared on this device.');
  }
}

/** Require that a list is not much older than it says that it may be (section 2.2, ttl). */
function requireFresh(list, moment) {
  const { ttl } = list.credentialSubject;
  if (ttl === undefined) return;
  const { validFrom = list.issuanceDate } = list;
  const signed = asList(list.proof).flatMap(({ created }) => created ?? []);
  const dates = (signed.length > 0 ? signed : asList(validFrom)).map(parseTimestamp);
  const made = dates.reduce((latest, one) => (one > latest ? one : latest), -1n);
  const isMeant = Number.isSafeInteger(ttl) && ttl >= 0;
  if (!isMeant || (made >= 0n && moment - made > BigInt(ttl) * 1_000n + MOST_STALE)) {
    throw new Undecided('STATUS_LIST_OUTDATED', 'The status list is too old, or does not say how old.');
  }
}

/** Read multibase base64url, which begins with "u". */
function decodeMultibase(encoded) {
  if (!encoded.startsWith('u')) throw new TypeError('not multibase');
  return decodeBase64url(encoded.slice(1));
}

/** Read base64 in either alphabet, as lists of StatusList2021 have it. */
const decodeBase64 = (encoded) =>
  decodeBase64url(encoded.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));

/** Inflate a list within its limit. */
async function inflated(encoded, decode) {
  try {
    if (typeof encoded !== 'string' || encoded.length > MOST_CHARACTERS) throw new TypeError('too long');
    return await inflate(decode(encoded), 'gzip', MOST_BYTES);
  } catch {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be read.');
  }
}
