// Reading values of JSON as sets of one or more (credentials/json_types.py).

import { Undecided, asList, isObject } from '../outcomes.js';

export const textsAmong = (values) => new Set(values.filter((value) => typeof value === 'string'));

/** Read the types of a document; anything but a text is left out. */
export const typesIn = (document) => asList(document.type).filter((name) => typeof name === 'string');

/** Read `[X]`, `[X, X]` and `{"id": X}` as X; several different values stay an array. */
export function only(value = null) {
  while (Array.isArray(value) && value.length > 0 && areSame(value)) [value] = value;
  const isId = isObject(value) && Object.hasOwn(value, 'id') && Object.keys(value).length === 1;
  return isId ? value.id : value;
}

/** Follow a member that has one value; null where there is none or `item` is no object. */
export function member(item, name) {
  const found = only(item);
  return isObject(found) && Object.hasOwn(found, name) ? only(found[name]) : null;
}

/** Read the id of something that stands as an object or as its id alone; null if it has none. */
export function idOf(value) {
  const found = only(value);
  const id = isObject(found) ? only(found.id) : found;
  return typeof id === 'string' && id !== '' ? id : null;
}

function areSame([first, ...others]) {
  if (others.length > 0 && hasNumber(first)) {
    // The verifier tells 1 and 1.0 apart here, which are one number to a browser.
    throw new Undecided('UNSUPPORTED_HERE', 'The same number stands several times.');
  }
  return others.every((one) => areEqual(first, one));
}

const hasNumber = (value) =>
  typeof value === 'number' ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasNumber));

const isNumeric = (value) => typeof value === 'number' || typeof value === 'boolean';

/** Tell whether two values are equal as the verifier compares them: true is 1, and numbers are exact. */
export function areEqual(one, other) {
  if (isNumeric(one) && isNumeric(other)) return areEqualNumbers(Number(one), Number(other));
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, place) => areEqual(item, other[place]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && areEqual(one[name], other[name]))
  );
}

function areEqualNumbers(one, other) {
  if (one === other && Math.abs(one) > Number.MAX_SAFE_INTEGER) {
    throw new Undecided('UNSUPPORTED_HERE', 'A number is too large to be compared here.');
  }
  return one === other;
}
