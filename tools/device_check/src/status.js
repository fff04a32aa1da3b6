// Whether a credential is withdrawn (credentials/status; Bitstring Status List 1.0 section 3.2).

import { inflate } from './bytes.js';
import { decodeBase64url } from './keys.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';
import { parseTimestamp } from './timestamps.js';

const FEWEST_ENTRIES = 131_072;
const MOST_BYTES = 2_097_152;
const MOST_ENTRIES = 16;
const MOST_STALE = 86_400_000_000n;
const WITHDRAWN = { revocation: 'REVOKED', suspension: 'SUSPENDED' };

/** Require that no entry says that it is withdrawn; `judgeList` verifies a list as a credential. */
export async function requireInForce(document, issuer, world, judgeList) {
  const entries = asList(document.credentialStatus);
  if (entries.length > MOST_ENTRIES) {
    throw new Refusal('TOO_MANY_STATUS_ENTRIES', 'There are too many status entries.');
  }
  for (const entry of entries) {
    if (!asList(entry.type).includes('BitstringStatusListEntry') || !Object.hasOwn(WITHDRAWN, entry.statusPurpose)) {
      throw new Undecided('STATUS_NOT_JUDGED', 'A status of this kind is not judged on this device.');
    }
    const list = await world.lookUp(entry.statusListCredential);
    await requireList(list, entry, issuer, judgeList);
    const bits = await inflated(list.credentialSubject.encodedList);
    const index = Number(entry.statusListIndex);
    if (bits.length * 8 < FEWEST_ENTRIES || index >= bits.length * 8) {
      throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list has no such entry.');
    }
    if ((bits[index >> 3] >> (7 - (index & 7))) & 1) {
      throw new Refusal(WITHDRAWN[entry.statusPurpose], 'It is withdrawn.', '/credentialStatus');
    }
    requireFresh(list, world.moment);
  }
}

async function requireList(list, entry, issuer, judgeList) {
  const odd = () => {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be relied on.');
  };
  if (!isObject(list) || !isObject(list.credentialSubject)) odd();
  const { type, statusPurpose } = list.credentialSubject;
  const isMeant =
    asList(list.type).includes('BitstringStatusListCredential') && type === 'BitstringStatusList' &&
    asList(statusPurpose).includes(entry.statusPurpose) && list.id === entry.statusListCredential &&
    !('credentialStatus' in list);
  if (!isMeant || (await judgeList(list)) !== issuer) odd();
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

/** Inflate a list within its limit. */
async function inflated(encoded) {
  try {
    if (typeof encoded !== 'string' || !encoded.startsWith('u')) throw new TypeError('not multibase');
    return await inflate(decodeBase64url(encoded.slice(1)), 'gzip', MOST_BYTES);
  } catch {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be read.');
  }
}
