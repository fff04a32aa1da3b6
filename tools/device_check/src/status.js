// Whether a credential is withdrawn (credentials/status; Bitstring Status List 1.0 section 3.2).

import { decodeBase64url } from './keys.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';

const FEWEST_ENTRIES = 131_072;
const MOST_BYTES = 2_097_152;
const MOST_ENTRIES = 16;
const WITHDRAWN = { revocation: 'REVOKED', suspension: 'SUSPENDED' };

/** Require that no entry says that it is withdrawn; `judgeList` verifies a list as a credential. */
export async function requireInForce(document, issuer, lookUp, judgeList) {
  const entries = asList(document.credentialStatus);
  if (entries.length > MOST_ENTRIES) {
    throw new Refusal('TOO_MANY_STATUS_ENTRIES', 'There are too many status entries.');
  }
  for (const entry of entries) {
    if (!asList(entry.type).includes('BitstringStatusListEntry') || !(entry.statusPurpose in WITHDRAWN)) {
      throw new Undecided('STATUS_NOT_JUDGED', 'A status of this kind is not judged on this device.');
    }
    const list = await lookUp(entry.statusListCredential);
    await requireList(list, entry, issuer, judgeList);
    const bits = await inflated(list.credentialSubject.encodedList);
    const index = Number(entry.statusListIndex);
    if (bits.length * 8 < FEWEST_ENTRIES || index >= bits.length * 8) {
      throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list has no such entry.');
    }
    if ((bits[index >> 3] >> (7 - (index & 7))) & 1) {
      throw new Refusal(WITHDRAWN[entry.statusPurpose], 'It is withdrawn.', '/credentialStatus');
    }
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

/** Inflate a list within its limit. */
async function inflated(encoded) {
  if (typeof encoded !== 'string' || !encoded.startsWith('u')) {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be read.');
  }
  const stream = new Blob([decodeBase64url(encoded.slice(1))]).stream();
  const reader = stream.pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MOST_BYTES) throw new RangeError('too large');
      parts.push(value);
    }
  } catch {
    throw new Undecided('STATUS_VERIFICATION_ERROR', 'The status list cannot be read.');
  }
  const bits = new Uint8Array(size);
  let place = 0;
  for (const part of parts) {
    bits.set(part, place);
    place += part.length;
  }
  return bits;
}
