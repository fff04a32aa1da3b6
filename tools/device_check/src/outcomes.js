// What a check can come to, and the errors that end one.  The names are those of verifier/report.py.

export const PASSED = 'passed';
export const FAILED = 'failed';
export const INDETERMINATE = 'indeterminate';
export const WARNING = 'warning';
export const SKIPPED = 'skipped';

/** Something is wrong with the document: a check fails. */
export class Refusal extends Error {
  constructor(code, message, pointer = '') {
    super(message);
    this.code = code;
    this.pointer = pointer;
  }
}

/** Something cannot be judged on this device; that is never a fault of the document. */
export class Undecided extends Error {
  constructor(code, message, pointer = '') {
    super(message);
    this.code = code;
    this.pointer = pointer;
  }
}

/** What stood at an address was taken away for good (HTTP 410). */
export class Gone extends Undecided {
  constructor(url) {
    super('NOT_LOOKED_UP', `${url} was taken away for good.`);
  }
}

export const asList = (value) =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Read the id of something that stands as an object or as its id alone. */
export function idOf(value) {
  const [one, ...more] = asList(value);
  const [id, ...others] = asList(isObject(one) ? one.id : one);
  return more.length + others.length === 0 && typeof id === 'string' && id !== '' ? id : undefined;
}
