// Checking a credential on this device: nothing of it leaves the page.
//
// The checks have the ids, the outcomes and the codes of the verifier's report.  What this module
// does not judge comes out as "indeterminate", never as good: the server's verifier knows more
// forms, and value, endorsements and the reader's lists are its alone.

import { VC_V1, VC_V2, requireContexts } from './contexts.js';
import { requireCredential, requireDocumentRules } from './data-model.js';
import { requireNothingLost } from './linked-data.js';
import {
  FAILED, INDETERMINATE, PASSED, Refusal, SKIPPED, Undecided, asList, isObject,
} from './outcomes.js';
import { keyOfProof, securedProofs, verifyProof } from './proofs.js';
import { requireInForce } from './status.js';
import { parseStrictJson } from './strict-json.js';
import { parseTimestamp } from './timestamps.js';
import { Work } from './work.js';

export const CHECKS = ['document', 'schema', 'context', 'proof', 'issuer', 'validity', 'status'];
const OTHER_KINDS = new Set([
  'VerifiablePresentation', 'EnvelopedVerifiableCredential', 'EnvelopedVerifiablePresentation',
]);
const TOLERANCE = 60_000_000n;
const RANKS = [SKIPPED, PASSED, INDETERMINATE, FAILED];

/** Find nothing: what is not in the credential stays undecided. */
export const noLookup = async (url) => {
  throw new Undecided('NOT_LOOKED_UP', `${url} was not looked up.`);
};

/**
 * Check bytes; `now` is a Date, and `lookUp` finds the JSON behind a URL, or undefined.
 *
 * Answers {verdict, checks: {id: {outcome, code, detail}}, issuer}.
 */
export async function check(bytes, { now = new Date(), lookUp = noLookup } = {}) {
  const checks = {};
  const found = async (url) => {
    const published = await lookUp(url);
    return published === undefined ? noLookup(url) : published;
  };
  const world = { moment: BigInt(now.getTime()) * 1000n, lookUp: found, work: new Work() };
  let document;
  await judge(checks, 'document', async () => {
    if (bytes[0] !== 0x7b && !/^[\t\n\r ]*\{/.test(new TextDecoder().decode(bytes.slice(0, 64)))) {
      throw new Undecided('UNSUPPORTED_HERE', 'This form is not read on this device.');
    }
    const read = parseStrictJson(bytes);
    requireCredentialOfW3C(read);
    document = read;
    requireDocumentRules(document);
  });
  const issuer = document === undefined ? null : await judgeDocument(document, checks, world);
  return { verdict: verdictOf(checks), checks, issuer };
}

/** Leave presentations and older badges to the server's verifier. */
function requireCredentialOfW3C(document) {
  const types = asList(document.type);
  const contexts = asList(document['@context']);
  const isOther = !types.includes('VerifiableCredential') && !contexts.includes(VC_V1) && !contexts.includes(VC_V2);
  if (isOther || types.some((name) => OTHER_KINDS.has(name))) {
    throw new Undecided('UNSUPPORTED_HERE', 'Documents of this kind are not judged on this device.');
  }
}

async function judgeDocument(document, checks, world, isList = false) {
  await judge(checks, 'context', async () => {
    requireContexts(document);
    await requireNothingLost(document);
  });
  await judge(checks, 'schema', async () => requireCredential(document));
  const issuer = isObject(document.issuer) ? document.issuer.id : document.issuer;
  await judgeProofs(document, checks, world, issuer, 'assertionMethod');
  await judge(checks, 'validity', async () => requireValidity(document, world.moment));
  if (!('credentialStatus' in document)) {
    checks.status = { outcome: SKIPPED, code: 'NO_STATUS', detail: 'It has no status.' };
  } else if (!isList) {
    const judgeList = (list) => issuerOfList(list, world);
    await judge(checks, 'status', () => requireInForce(document, issuer, world.lookUp, judgeList));
  }
  return issuer ?? null;
}

/** Judge every proof of a document: all of them must hold, and be the party's. */
async function judgeProofs(document, checks, world, party, purpose) {
  let secured = [];
  await judge(checks, 'proof', async () => {
    secured = securedProofs(document);
    for (const _proof of secured) world.work.spendProof();
  });
  for (const one of secured) {
    let found;
    await judge(checks, 'proof', async () => {
      found = await keyOfProof(one.proof, world);
      await verifyProof(one, found, world);
    });
    await judge(checks, 'issuer', async () => requireParty(one.proof, found, party, purpose, world.moment));
  }
}

/** Verify a status list as a credential of its own, and name its issuer; null if it does not hold. */
async function issuerOfList(list, world) {
  const checks = { document: { outcome: PASSED, code: 'OK', detail: '' } };
  const issuer = await judgeDocument(list, checks, world, true);
  return verdictOf(checks) === 'valid' ? issuer : null;
}

function requireParty(proof, found, party, purpose, moment) {
  if (proof.proofPurpose !== purpose) {
    throw new Refusal('PROOF_PURPOSE_MISMATCH', 'The proof was made for another purpose.');
  }
  if ((found?.controller ?? party) !== party || proof.verificationMethod.split('#')[0] !== party) {
    throw new Refusal('ISSUER_MISMATCH', 'Somebody else signed than it names.');
  }
  if ('expires' in proof && moment - parseTimestamp(proof.expires) >= TOLERANCE) {
    throw new Refusal('PROOF_EXPIRED', 'The proof itself has expired.');
  }
  if (found === undefined) {
    throw new Undecided('ISSUER_UNCONFIRMED', 'Whether the key is of its issuer was not found out.');
  }
  for (const { name, at } of found.ends) {
    if (name === 'revoked' || at <= moment) throw new Refusal('KEY_ENDED', 'The key is not in use.');
  }
}

function requireValidity(document, moment) {
  for (const name of ['validFrom', 'issuanceDate']) {
    if (name in document && parseTimestamp(document[name]) - moment > TOLERANCE) {
      throw new Refusal('NOT_YET_VALID', 'Its validity has not begun.');
    }
  }
  for (const name of ['validUntil', 'expirationDate']) {
    if (name in document && moment - parseTimestamp(document[name]) > TOLERANCE) {
      throw new Refusal('EXPIRED', 'Its validity has ended.');
    }
  }
}

/** Run one step of a check; what is worst in a check is what it comes to. */
async function judge(checks, id, step) {
  const found = await outcomeOf(step);
  const known = checks[id];
  if (known === undefined || RANKS.indexOf(found.outcome) > RANKS.indexOf(known.outcome)) checks[id] = found;
}

async function outcomeOf(step) {
  try {
    await step();
    return { outcome: PASSED, code: 'OK', detail: '' };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: FAILED, code: error.code, detail: error.message };
    if (error instanceof Undecided) {
      return { outcome: INDETERMINATE, code: error.code, detail: error.message };
    }
    // A defect of this module must never look like a verdict on somebody's credential.
    console.error(error);
    return { outcome: INDETERMINATE, code: 'DEFECT', detail: 'This check failed to run.' };
  }
}

/** Valid only if every check was made and none failed or is open. */
function verdictOf(checks) {
  const outcomes = CHECKS.map((id) => checks[id]?.outcome ?? INDETERMINATE);
  if (outcomes.includes(FAILED)) return 'invalid';
  return outcomes.includes(INDETERMINATE) ? 'indeterminate' : 'valid';
}
