// Checking a credential on this device: nothing of it leaves the page.
//
// The checks have the ids, the outcomes and the codes of the verifier's report.  What this module
// does not judge comes out as "indeterminate", never as good: the server's verifier knows more
// forms, and value, endorsements and the reader's lists are its alone.

import { examine, judgeForm } from './examination.js';
import { formOf } from './forms.js';
import { credentialIn } from './images.js';
import { CHECKS, judge, verdictOf } from './judging.js';
import { examineLegacy } from './legacy/examination.js';
import { lookedUp } from './legacy/opening.js';
import { isPresentation, receive } from './opening.js';
import { Gone, Undecided } from './outcomes.js';
import { judgeUndisclosed } from './sd-jwt.js';
import { Work } from './work.js';

export { CHECKS, Gone };

/** Find nothing: what is not in the credential stays undecided. */
export const noLookup = async (url) => {
  throw new Undecided('NOT_LOOKED_UP', `${url} was not looked up.`);
};

const required = (lookUp) => async (url) => {
  const published = await lookUp(url);
  return published === undefined ? noLookup(url) : published;
};

/**
 * Check bytes; `now` is a Date, and `lookUp` finds the JSON behind a URL, or undefined, or throws `Gone`.
 *
 * `lookUpLegacy` does so for badges of Open Badges 2: theirs are the addresses of the badges themselves.
 * Answers {verdict, checks: {id: {outcome, code, detail}}, issuer, isLegacy}.
 */
export async function check(bytes, { now = new Date(), lookUp = noLookup, lookUpLegacy = lookUp } = {}) {
  const checks = {};
  const world = {
    moment: BigInt(now.getTime()) * 1000n,
    lookUp: required(lookUp),
    lookUpLegacy: required(lookUpLegacy),
    work: new Work(),
  };
  let received;
  await judge(checks, 'document', async () => {
    // What was received stays an older badge, also if nobody looks it up.
    received = await receive(bytes, world);
    if (received.address !== undefined) received = await lookedUp(received);
  });
  const issuer = received?.document === undefined ? null : await examineReceived(received, checks, world);
  return { verdict: verdictOf(checks), checks, issuer, isLegacy: received?.isLegacy === true };
}

async function examineReceived(received, checks, world) {
  if (received.isLegacy) return examineLegacy(received, checks, world);
  await judgeForm(received, checks);
  const issuer = await examine(received, checks, world);
  if (received.sdJwt !== undefined) judgeUndisclosed(received, checks, isPresentation(received.document));
  return issuer;
}

/** Tell whether a file is no image with a credential inside, so that one may be seen on it. */
export async function isOnlyPicture(bytes) {
  const form = formOf(bytes);
  if (form !== 'png' && form !== 'svg') return true;
  try {
    await credentialIn(bytes, form);
    return false;
  } catch (error) {
    return error.code === 'IMAGE_WITHOUT_CREDENTIAL';
  }
}
