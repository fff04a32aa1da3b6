// Credentials of which a holder shows a part, as SD-JWT in compact form (verifier/sd_jwt.py, w3c_sd_jwt.py;
// RFC 9901, VC-JOSE-COSE 1.0 section 3.2).  An SD-JWT VC, which has no vocabulary, is for the service.

import { MOST_DISCLOSURES, processed } from './disclosures.js';
import { SELECTIVELY_DISCLOSED, add, undecided } from './judging.js';
import { Refusal, Undecided } from './outcomes.js';
import { MOST_BYTES, readJson } from './strict-json.js';
import { ENDS } from './timestamps.js';
import { contentsOf, jsonIn, readToken } from './tokens.js';

const HEADER = new Set(['alg', 'cty', 'kid', 'typ', 'vctm', 'x5c']);
const TYPES = new Map([['vc+sd-jwt', 'vc+jwt'], ['vp+sd-jwt', 'vp+jwt']]);
const TYPES_OF_VC = ['dc+sd-jwt', 'vc+sd-jwt'];
const NOT_DISCLOSABLE = ['aka_vcts', 'cnf', 'exp', 'iss', 'nbf', 'status', 'vct', 'vct#integrity'];

const refuse = (code, message) => {
  throw new Refusal(code, message);
};

/** Open an SD-JWT that has a W3C document in it: {document, token, sdJwt}. */
export async function openSdJwt(text) {
  const { jwt, disclosures, keyBinding } = partsOf(text);
  const token = readToken(jwt, HEADER);
  const payload = jsonIn(token.payload, 'TOKEN_PAYLOAD_NOT_AN_OBJECT');
  const shown = await processed(payload, disclosures);
  const type = TYPES.get(token.header.typ?.toLowerCase().replace(/^application\//, ''));
  if (type === undefined || !('@context' in payload) || 'vct' in payload) leaveToService(token.header, shown);
  // What came out is read anew: names that are too long, or lost in JavaScript, are found so.
  const { value: claims } = readJson(new TextEncoder().encode(JSON.stringify(shown.claims)));
  const received = contentsOf({ ...token, header: { ...token.header, typ: type } }, claims);
  return { ...received, sdJwt: { hidden: shown.hidden, isBound: keyBinding !== '' } };
}

/** Part an SD-JWT at its tildes. */
function partsOf(text) {
  if (text.length > MOST_BYTES) refuse('TOO_LARGE', 'The SD-JWT is too large.');
  const [jwt, ...disclosures] = text.split('~');
  if (disclosures.length > MOST_DISCLOSURES + 1) refuse('TOO_MANY_DISCLOSURES', 'There are too many disclosures.');
  const keyBinding = disclosures.pop();
  if (disclosures.includes('')) refuse('SD_JWT_MALFORMED', 'There is nothing between two tildes.');
  return { jwt, disclosures, keyBinding };
}

/** Refuse what is no SD-JWT VC; one that may be in order is not judged on this device. */
function leaveToService(header, { claims, disclosed, hidden }) {
  if (!TYPES_OF_VC.includes(header.typ)) refuse('SD_JWT_TYPE', 'The token is of another type.');
  if (typeof claims.vct !== 'string' || claims.vct === '') refuse('VCT_MISSING', 'It does not say its type.');
  if ([...disclosed, ...hidden].some(([name]) => NOT_DISCLOSABLE.includes(name))) {
    refuse('CLAIM_NOT_DISCLOSABLE', 'A claim that decides could be kept back.');
  }
  throw new Undecided('UNSUPPORTED_HERE', 'Credentials in this form are not judged on this device.');
}

/** Judge what may have been kept back of a document that was examined: silence is no answer. */
export function judgeUndisclosed({ document, sdJwt }, checks, isPresentation) {
  const { hidden, isBound } = sdJwt;
  if (hidden.length > 0) add(checks, 'proof', SELECTIVELY_DISCLOSED);
  if (isBound) {
    add(checks, 'proof', undecided('UNSUPPORTED_HERE', 'Whether its holder signed is not judged on this device.'));
  }
  if (hidden.length === 0 || isPresentation) return;
  const containers = new Set(hidden.map(([first = '']) => String(first)));
  const keptBack = (id, code) => add(checks, id, undecided(code, 'It may be among what was kept back.'));
  if (containers.has('') && !ENDS.some((name) => name in document)) keptBack('validity', 'END_UNDISCLOSED');
  if (containers.has('credentialStatus')) keptBack('status', 'STATUS_LEFT_TO_HOLDER');
  else if (containers.has('') && !('credentialStatus' in document)) keptBack('status', 'STATUS_UNDISCLOSED');
}
