// What only Open Badges 1 and 2 have: their tokens, and addresses in images (verifier/legacy).

import { stripped } from '../forms.js';
import { Refusal, Undecided } from '../outcomes.js';
import { readJson } from '../strict-json.js';
import { readToken } from '../tokens.js';
import { isLegacy } from './classes.js';
import { HostedDocuments } from './documents.js';
import { isWebAddress } from './rules.js';

const HEADER = new Set(['alg', 'cty', 'kid', 'typ']);

/** Open a token, or read the address of a hosted badge in an image; undefined if it is neither. */
export function openLegacyForm(bytes, isInLegacyPlace, world) {
  const signed = signedBadgeIn(bytes);
  if (signed !== undefined) return signed;
  const address = isInLegacyPlace ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : '';
  return isWebAddress(address) ? { address, documents: new HostedDocuments(world), isLegacy: true } : undefined;
}

/** Look up the badge of which only the address was given. */
export async function lookedUp(received) {
  const { document } = await received.documents.exact(received.address, ['Assertion']);
  return { ...received, document };
}

function signedBadgeIn(bytes) {
  let token;
  let payload;
  try {
    token = readToken(new TextDecoder('latin1').decode(stripped(bytes)), HEADER);
    payload = readJson(token.payload);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Undecided) return undefined;
    throw error;
  }
  if (!isLegacy(payload.value)) return undefined;
  return { document: legacyDocument(payload), token, isLegacy: true };
}

/** Take a document of Open Badges 2 as it was read: of the rules of strict JSON it has to keep one alone. */
export function legacyDocument({ value, broken }) {
  const odd = broken.find(({ code }) => code === 'CONTROL_CHARACTER');
  if (odd !== undefined) throw odd;
  return value;
}
