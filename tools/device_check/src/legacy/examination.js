// Examining a document of Open Badges 2.0, by the rules of its time (verifier/legacy/examination.py).

import { CHECKS, add, judge, skipped, warning } from '../judging.js';
import { PASSED, Refusal, Undecided } from '../outcomes.js';
import { TOLERANCE } from '../securing.js';
import { PROFILES, isFirstGeneration } from './classes.js';
import { parseDate } from './dates.js';
import { HostedDocuments } from './documents.js';
import { isHosted, publishedCopy, requireScope } from './hosted.js';
import { requireNotListed, requireNotRevoked } from './revocation.js';
import { requireClassOf, requireContext } from './rules.js';
import { verifySigned } from './signed.js';
import { only, typesIn } from './values.js';

export const LEGACY = 'LEGACY_OPEN_BADGES_2';
const EXAMINED = ['Assertion', 'BadgeClass', ...PROFILES];

/**
 * Run the checks on a document of Open Badges 2.0; the answer names where its issuer is found.
 *
 * 1. The document is of Open Badges 2 and as its class must be; 2. hosted: what stands at its own address
 * counts; signed: the signature holds, by a key that the issuer publishes; 3. badge class and issuer are
 * looked up, and the issuer hosts badges where this one is; 4. it is in force, and not revoked.
 */
export async function examineLegacy({ document, token, documents }, checks, world) {
  const found = {
    document, token, documents: documents ?? new HostedDocuments(world), issuer: undefined, isPublished: false,
  };
  // 1.
  if (isFirstGeneration(document)) {
    await judge(checks, 'schema', async () => {
      throw new Undecided('UNSUPPORTED_OPEN_BADGES_1', 'Badges of Open Badges 1 are not verified any more.');
    });
  } else {
    await judge(checks, 'context', async () => requireContext(document));
    await judge(checks, 'schema', async () => requireClassOf(document, EXAMINED));
    // 2. and 3.
    if (['context', 'schema'].every((id) => checks[id].outcome === PASSED)) await prove(found, checks);
    // 4.
    await judge(checks, 'validity', async () => requireValidity(found.document, world.moment));
    await judgeRevocation(found, checks);
  }
  for (const id of CHECKS) checks[id] ??= skipped('NOT_REACHED', 'This was not reached.');
  return found.issuer?.address || null;
}

const isAward = ({ document }) => typesIn(document).includes('Assertion');

async function prove(found, checks) {
  try {
    await (found.token === undefined ? proveHosted(found, checks) : proveSigned(found, checks));
  } catch (error) {
    await judge(checks, found.issuer === undefined ? 'proof' : 'issuer', async () => {
      throw error;
    });
  }
  add(checks, 'proof', warning(LEGACY, 'It is an older badge: it is as good as what its hosts say today.'));
}

async function proveHosted(found, checks) {
  const received = found.document;
  if (isAward(found) && !isHosted(received)) {
    throw new Refusal('LEGACY_VERIFICATION', 'It is to be verified by a signature, and has none.');
  }
  const classes = EXAMINED.filter((name) => typesIn(received).includes(name));
  const published = await publishedCopy(received, classes, found.documents);
  found.document = published.document;
  found.isPublished = true;
  await judge(checks, 'proof', async () => undefined);
  await findIssuer(found, published);
  await judge(checks, 'issuer', async () => {
    if (found.issuer !== undefined && isAward(found)) requireScope(published.address, found.issuer);
  });
}

async function proveSigned(found, checks) {
  // Nobody has looked up what came in a token, so what stands inside it has no address either.
  await findIssuer(found, { document: found.document, address: '' });
  if (found.issuer === undefined || !isAward(found)) {
    throw new Refusal('LEGACY_TYPE', 'Only an award can be signed; this is something else.');
  }
  if (found.issuer.address === '') {
    throw new Undecided('LEGACY_NOT_ON_THE_WEB', 'The issuer stands inside the badge alone.');
  }
  await verifySigned(found, found.issuer, found.documents);
  for (const id of ['proof', 'issuer']) await judge(checks, id, async () => undefined);
}

/** Look up the badge class, unless it is what was received, and the issuer. */
async function findIssuer(found, holder) {
  const { document, documents } = found;
  if (typesIn(document).some((name) => PROFILES.includes(name))) return;
  const badge = isAward(found) ? await documents.refer(document.badge, ['BadgeClass'], holder) : holder;
  found.issuer = await documents.refer(badge.document.issuer, PROFILES, badge);
}

/** Compare the dates with now, both ends included. */
function requireValidity(document, moment) {
  const [issued, expires] = ['issuedOn', 'expires'].map((name) => {
    const value = only(document[name]);
    return value === null ? null : parseDate(value);
  });
  if (issued !== null && issued - moment > TOLERANCE) {
    throw new Refusal('NOT_YET_VALID', 'The badge is dated later than now.');
  }
  if (expires !== null && moment - expires > TOLERANCE) throw new Refusal('EXPIRED', 'The badge expired.');
  if (issued !== null && expires !== null && expires < issued) {
    throw new Refusal('LEGACY_EXPIRES_FIRST', 'The badge expires before it was issued.');
  }
}

async function judgeRevocation({ document, token, documents, issuer, isPublished }, checks) {
  await judge(checks, 'status', async () => {
    // What a file says of itself counts only if it is signed, or if its host says so.
    if (document.revoked === true && token === undefined && !isPublished) {
      throw new Undecided('LEGACY_UNREACHABLE', 'Whether it is revoked, only its host can say.');
    }
    requireNotRevoked(document);
  });
  const url = issuer?.document.revocationList ?? null;
  if (url !== null) {
    await judge(checks, 'status', async () => requireNotListed(document, url, issuer, documents));
  }
}
