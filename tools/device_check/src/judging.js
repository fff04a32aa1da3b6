// The outcomes of checks while they are being found (verifier/report.py).

import { FAILED, INDETERMINATE, PASSED, Refusal, SKIPPED, Undecided, WARNING } from './outcomes.js';

export const CHECKS = ['document', 'schema', 'context', 'proof', 'issuer', 'validity', 'status'];
const RANKS = [SKIPPED, PASSED, WARNING, INDETERMINATE, FAILED];

/** Run one step of a check; what is worst in a check is what it comes to. */
export async function judge(checks, id, step) {
  add(checks, id, await outcomeOf(step));
}

/** Add an outcome to a check. */
export function add(checks, id, found) {
  const known = checks[id];
  if (known === undefined || RANKS.indexOf(found.outcome) > RANKS.indexOf(known.outcome)) checks[id] = found;
}

export const skipped = (code, detail) => ({ outcome: SKIPPED, code, detail });

export const warning = (code, detail) => ({ outcome: WARNING, code, detail });

export const undecided = (code, detail) => ({ outcome: INDETERMINATE, code, detail });

/** What is said of a credential of which its holder shows a part. */
export const SELECTIVELY_DISCLOSED = warning('SELECTIVELY_DISCLOSED', 'Its holder shows parts of it.');

async function outcomeOf(step) {
  try {
    await step();
    return { outcome: PASSED, code: 'OK', detail: '' };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: FAILED, code: error.code, detail: error.message };
    if (error instanceof Undecided) return undecided(error.code, error.message);
    // A defect of this module must never look like a verdict on somebody's credential.
    console.error(error);
    return undecided('DEFECT', 'This check failed to run.');
  }
}

/** Valid only if every check was made and none failed or is open. */
export function verdictOf(checks) {
  const outcomes = CHECKS.map((id) => checks[id]?.outcome ?? INDETERMINATE);
  if (outcomes.includes(FAILED)) return 'invalid';
  return outcomes.includes(INDETERMINATE) ? 'indeterminate' : 'valid';
}
