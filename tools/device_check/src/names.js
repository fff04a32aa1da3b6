// Names of members that JavaScript's own objects have, which libraries lose or take for their own.
//
// No pinned context defines one of them (held by a test), so a member of that name is undefined.  Only
// inside a literal of JSON a name needs no definition; there such a document is for the service.

import pinned from 'virtual:contexts';
import { Undecided, isObject } from './outcomes.js';

const OF_JAVASCRIPT = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
const HOLDING_JSON = new Set(Object.values(pinned).flatMap(termsOfJson));

/** Tell whether a name has a meaning in JavaScript. */
export const isOfJavaScript = (name) => OF_JAVASCRIPT.has(name);

function termsOfJson(value) {
  if (Array.isArray(value)) return value.flatMap(termsOfJson);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    item?.['@type'] === '@json' ? [name, ...termsOfJson(item)] : termsOfJson(item),
  );
}

/** Leave a document undecided whose literals of JSON have such names: they would be lost. */
export function requireKeptNames(value, isLiteral = false) {
  if (Array.isArray(value)) {
    for (const item of value) requireKeptNames(item, isLiteral);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (isLiteral && OF_JAVASCRIPT.has(name)) {
        throw new Undecided('UNSUPPORTED_HERE', 'It has a name that has a meaning in JavaScript.');
      }
      requireKeptNames(item, isLiteral || HOLDING_JSON.has(name));
    }
  }
}
