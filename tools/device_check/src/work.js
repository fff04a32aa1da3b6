// What one verification may cost (credentials/limits.py): what goes beyond stays undecided.

import { Undecided, isObject } from './outcomes.js';

const MOST_PROOFS = 64;
const MOST_VALUES = 15_000;

/** Count the values of a JSON document, itself included. */
export function countValues(value) {
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return items.reduce((sum, item) => sum + countValues(item), 1);
}

/** The account of one verification, over everything that it looks at. */
export class Work {
  #proofs = 0;
  #values = 0;

  /** Count a proof or a token that is about to be looked at. */
  spendProof() {
    this.#proofs += 1;
    if (this.#proofs > MOST_PROOFS) throw tooMuch();
  }

  /** Count what is about to be canonicalized. */
  spendValues(document) {
    this.spendCount(countValues(document));
  }

  /** Count so many values. */
  spendCount(count) {
    this.#values += count;
    if (this.#values > MOST_VALUES) throw tooMuch();
  }
}

const tooMuch = () => new Undecided('TOO_MUCH_WORK', 'The proofs would take too much work.');
