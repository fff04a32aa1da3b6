// Examining one document: a credential or a presentation (verifier/examination.py, presentation.py).

import { requireContexts, VC_V1 } from './contexts.js';
import { requireCredential, requireDocumentRules, requirePresentation } from './data-model.js';
import { ENDORSEMENTS, containedIn, isEmbedded, isEnvelope } from './embedded.js';
import { add, judge, skipped, verdictOf, warning, CHECKS } from './judging.js';
import { canonicalText, requireNothingLost } from './linked-data.js';
import { Refusal, Undecided, asList, idOf, isObject } from './outcomes.js';
import { isPresentation, openValue } from './opening.js';
import { TOLERANCE, judgeParty, judgeSecuring } from './securing.js';
import { judgeDisclosure, judgePresentedInParts } from './selective.js';
import { requireInForce } from './status.js';
import { BEGINNINGS, ENDS, parseTimestamp } from './timestamps.js';
import { requireClaims } from './tokens.js';

const MOST_NESTING = 1;
const MOST_CREDENTIALS = 64;

/** Judge what was opened: rules of every document, and the claims of its token. */
export async function judgeForm(received, checks) {
  await judge(checks, 'document', async () => requireDocumentRules(received.document));
  if (received.token !== undefined) await judge(checks, 'document', async () => requireClaims(received));
}

/** Examine a document of any kind; the answer names its issuer or holder. */
export const examine = (received, checks, world) =>
  isPresentation(received.document)
    ? examinePresentation(received, checks, world)
    : examineCredential(received, checks, world);

async function judgeContext(document, checks) {
  await judge(checks, 'context', async () => {
    requireContexts(document);
    await requireNothingLost(document);
  });
}

async function examineCredential(received, checks, world, nesting = 0) {
  const { document } = received;
  await judge(checks, 'schema', async () => requireCredential(document));
  await judgeContext(document, checks);
  const evidence = await judgeSecuring(received, checks, world, 'assertionMethod');
  await judgeComponents(document, checks, world, nesting);
  const issuer = idOf(document.issuer);
  await judgeParty(issuer, evidence, checks, world, 'assertionMethod');
  await judge(checks, 'validity', async () => requireValidity(document, world.moment));
  await judgeStatus(document, checks, world, nesting);
  judgeDisclosure(document, evidence, checks);
  await judge(checks, 'proof', async () => requireDigest(received, checks, world));
  return issuer ?? null;
}

async function judgeStatus(document, checks, world, nesting) {
  if (asList(document.credentialStatus).length === 0) {
    add(checks, 'status', skipped('NO_STATUS', 'It has no status.'));
    return;
  }
  let notes = [];
  await judge(checks, 'status', async () => {
    if (nesting > MOST_NESTING) throw new Undecided('STATUS_NESTED', 'This status is not followed.');
    const judgeList = (list) => issuerOfList(list, world, nesting);
    notes = await requireInForce(document, idOf(document.issuer), world, judgeList);
  });
  for (const code of notes) add(checks, 'status', warning(code, 'Its status says more than that it is in force.'));
}

/** Verify a status list as a credential of its own, and name its issuer; null if it does not hold. */
async function issuerOfList(list, world, nesting) {
  if (isEnvelope(list) || containedIn(list).length > 0) return null;
  const { verdict, issuer } = await examineAlone({ document: list }, world, nesting + 1);
  return verdict === 'valid' ? issuer : null;
}

async function examineAlone(received, world, nesting) {
  const checks = {};
  await judgeForm(received, checks);
  const issuer = await examineCredential(received, checks, world, nesting);
  return { verdict: verdictOf(checks), issuer };
}

/** Judge the credentials inside a credential but endorsements: each has to hold by itself. */
async function judgeComponents(document, checks, world, nesting) {
  const contained = containedIn(document);
  for (const { member, value } of contained) {
    await judge(checks, 'proof', async () => {
      if (ENDORSEMENTS.has(member)) spendEndorsement(value, world);
      else await requireComponent(value, contained.length, world, nesting);
    });
  }
}

/** Count an endorsement, which only the service judges, as what it may cost there. */
function spendEndorsement(value, world) {
  for (const _proof of [{}, ...asList(value?.proof)]) {
    world.work.spendProof();
    world.work.spendValues(value);
  }
}

async function requireComponent(value, count, world, nesting) {
  if (nesting > MOST_NESTING || count > MOST_CREDENTIALS || !isObject(value)) {
    throw new Undecided('COMPONENT_NOT_CHECKED', 'A credential inside was not looked at.');
  }
  const { verdict, received } = await examineComponent(value, world, nesting);
  if (verdict === 'invalid') throw new Refusal('COMPONENT_INVALID', 'A credential inside is not valid.');
  if (verdict === 'indeterminate' || !isPlain(received.document)) {
    throw new Undecided('COMPONENT_UNDECIDED', 'A credential inside could not be decided.');
  }
}

async function examineComponent(value, world, nesting) {
  const checks = {};
  let received;
  await judge(checks, 'document', async () => {
    received = await openValue(value, world);
  });
  if (received === undefined) return { verdict: verdictOf(checks) };
  return { received, ...(await examineAlone(received, world, nesting + 1)) };
}

const PLAIN = {
  credential: [
    '@context', 'id', 'type', 'issuer', 'validFrom', 'validUntil', 'issuanceDate', 'expirationDate',
    'awardedDate', 'name', 'description', 'image', 'credentialSubject', 'credentialStatus',
    'credentialSchema', 'proof',
  ],
  subject: ['id', 'type', 'identifier', 'achievement', 'name', 'narrative', 'image'],
  achievement: [
    'id', 'type', 'name', 'description', 'criteria', 'creator', 'image', 'achievementType', 'tag',
    'humanCode', 'inLanguage', 'version',
  ],
};

/** Tell whether a credential says nothing that checks of the service alone could refuse. */
function isPlain(document) {
  const has = (item, names) => isObject(item) && Object.keys(item).every((name) => names.includes(name));
  return (
    has(document, PLAIN.credential) &&
    asList(document.credentialSubject).every(
      (subject) =>
        has(subject, PLAIN.subject) &&
        asList(subject.achievement).every((one) => has(one, PLAIN.achievement)),
    )
  );
}

/** Require that the content of what no RDF was signed of has a digest, as all else has. */
async function requireDigest({ document, token }, checks, world) {
  const isOfJson = asList(document.proof).every((one) => /-jcs-/.test(one?.cryptosuite ?? '-jcs-'));
  if ((token === undefined && !isOfJson) || checks.context.outcome !== 'passed') return;
  const { proof: _proof, ...bare } = document;
  world.work.spendValues(bare);
  try {
    await canonicalText(bare, 'SHA-256');
  } catch (error) {
    throw new Undecided('UNSUPPORTED_HERE', error.message);
  }
}

function requireValidity(document, moment) {
  for (const name of BEGINNINGS) {
    if (name in document && parseTimestamp(document[name]) - moment > TOLERANCE) {
      throw new Refusal('NOT_YET_VALID', 'Its validity has not begun.');
    }
  }
  for (const name of ENDS) {
    if (name in document && moment - parseTimestamp(document[name]) > TOLERANCE) {
      throw new Refusal('EXPIRED', 'Its validity has ended.');
    }
  }
}

/** Check a presentation and every credential in it; no challenge is known, so none is expected. */
async function examinePresentation(received, checks, world) {
  const { document } = received;
  const hasTokens = received.token !== undefined && asList(document['@context'])[0] === VC_V1;
  const items = asList(document.verifiableCredential);
  const linked = hasTokens ? withoutTokens(document, items) : document;
  await judge(checks, 'schema', async () => requirePresentation(linked));
  await judgeContext(linked, checks);
  const evidence = await judgeSecuring(received, checks, world, 'authentication');
  judgePresentedInParts(evidence, checks);
  const holder = holderOf(received, evidence);
  await judgeParty(holder, evidence, checks, world, 'authentication');
  await judge(checks, 'validity', async () => requireValidity(document, world.moment));
  const { verifiableCredential: _presented, ...rest } = document;
  await judgeComponents(rest, checks, world, 0);
  for (const item of items.slice(0, MOST_CREDENTIALS)) {
    if (isObject(item) || (typeof item === 'string' && hasTokens)) await examinePresented(item, checks, world);
  }
  for (const id of CHECKS) checks[id] ??= skipped('NOTHING_PRESENTED', 'Nothing has this.');
  return holder ?? null;
}

/** Leave out credentials that stand as tokens, as version 1.1 has them in a token. */
function withoutTokens(document, items) {
  const { verifiableCredential: _all, ...rest } = document;
  const kept = items.filter((item) => typeof item !== 'string');
  return kept.length > 0 ? { ...rest, verifiableCredential: kept } : rest;
}

async function examinePresented(item, checks, world) {
  let received;
  await judge(checks, 'document', async () => {
    const isOpened = !isObject(item) || isEnvelope(item) || isEmbedded('verifiableCredential', item);
    const opened = isOpened ? await openValue(item, world) : undefined;
    if (opened === undefined || (isEnvelope(item) && isPresentation(opened.document))) {
      throw new Undecided('UNSUPPORTED_ENVELOPE', 'This form is not opened here.');
    }
    received = opened;
  });
  if (received === undefined) return;
  await judgeForm(received, checks);
  await examineCredential(received, checks, world);
}

/** Read the holder; if none is named, take the token's word, or that of the proofs. */
function holderOf({ document, token }, evidence) {
  if ('holder' in document) return idOf(document.holder);
  if (token?.claims.iss !== undefined) return token.claims.iss;
  const controllers = new Set(evidence.flatMap(({ found }) => found?.controller ?? []));
  return controllers.size === 1 ? [...controllers][0] : undefined;
}
