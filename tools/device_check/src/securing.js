// What secures a document, and whose it is: proofs inside it, or the token around it
// (verifier/checks/proof.py, token.py and issuer.py).

import { judge, skipped } from './judging.js';
import { Refusal, Undecided } from './outcomes.js';
import { keyOfProof, securedProofs, verifyProof } from './proofs.js';
import { parseTimestamp } from './timestamps.js';
import { keyInFragment, keyInToken, keyOfToken, tokenAsProof, verifyToken } from './tokens.js';

export const TOLERANCE = 60_000_000n;
const NOT_HAD = new Set(['NOT_LOOKED_UP', 'UNSUPPORTED_DID_METHOD']);

/** Judge everything that secures a document; the answer says who made it: {method, purpose, …}. */
export async function judgeSecuring(received, checks, world, purpose) {
  const evidence = received.token === undefined ? [] : [await judgeToken(received, checks, world, purpose)];
  if (received.token !== undefined && !('proof' in received.document)) return evidence;
  let secured = [];
  await judge(checks, 'proof', async () => {
    secured = securedProofs(received.document);
    for (const _proof of secured) world.work.spendProof();
  });
  for (const one of secured) evidence.push(await judgeProof(one, checks, world));
  return evidence;
}

async function judgeProof(secured, checks, world) {
  const { proof } = secured;
  let found;
  let left;
  await judge(checks, 'proof', async () => {
    found = await keyOr(
      () => keyOfProof(proof, world),
      () => keyInFragment(proof.verificationMethod),
      (key) => verifyProof(secured, { key }, world),
    );
    left = await verifyProof(secured, found, world);
  });
  const expires = 'expires' in proof ? parseTimestamp(proof.expires) : undefined;
  return { method: proof.verificationMethod, purpose: proof.proofPurpose, expires, found, left };
}

async function judgeToken(received, checks, world, purpose) {
  let found;
  await judge(checks, 'proof', async () => {
    world.work.spendProof();
    found = await keyOr(
      () => keyOfToken(received, purpose, world),
      () => keyInToken(received),
      (key) => verifyToken(received, key),
    );
    await verifyToken(received, found.key);
  });
  await judge(checks, 'proof', async () => {
    const { begins } = received.token.times;
    if (begins !== undefined && begins - world.moment > TOLERANCE) {
      throw new Refusal('NOT_YET_VALID', 'The token does not count yet.');
    }
  });
  const { verificationMethod: method, ends: expires } = tokenAsProof(received, found, purpose);
  return { method, purpose, expires, found };
}

/** Find a key.  A key that stands in what names it proves nothing, but it can refute a signature. */
async function keyOr(find, ownKey, verify) {
  try {
    return await find();
  } catch (error) {
    const key = NOT_HAD.has(error.code) ? ownKey() : undefined;
    if (key !== undefined) await verify(key);
    throw error;
  }
}

/** Judge whether the keys that signed are the party's, for this purpose and at this time. */
export async function judgeParty(party, evidence, checks, world, purpose) {
  if (evidence.length === 0) checks.issuer ??= skipped('NO_PROOF_TO_BIND', 'There is no proof.');
  for (const one of evidence) {
    await judge(checks, 'issuer', async () => requireParty(party, one, purpose, world.moment));
  }
}

function requireParty(party, { method, purpose, expires, found }, expected, moment) {
  if (purpose !== expected) {
    throw new Refusal('PROOF_PURPOSE_MISMATCH', 'The proof was made for another purpose.');
  }
  const isOther = (found?.controller ?? party) !== party || method.split('#')[0] !== party;
  if (party === undefined || isOther) {
    throw new Refusal('ISSUER_MISMATCH', 'Somebody else signed than it names.');
  }
  if (expires !== undefined && moment - expires >= TOLERANCE) {
    throw new Refusal('PROOF_EXPIRED', 'The proof itself has expired.');
  }
  if (found === undefined) {
    throw new Undecided('ISSUER_UNCONFIRMED', 'Whether the key is of its issuer was not found out.');
  }
  for (const { name, at } of found.ends) {
    if (name === 'revoked' || at <= moment) throw new Refusal('KEY_ENDED', 'The key is not in use.');
  }
}
