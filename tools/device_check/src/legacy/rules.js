// What a document of Open Badges 2.0 must be like, class by class (credentials/legacy/rules.py).

import { Refusal, asList, isObject } from '../outcomes.js';
import { MOST_VALUES, hasUnwanted } from '../strict-json.js';
import { isUrl } from '../urls.js';
import { countValues } from '../work.js';
import { CLASSES, CONTEXTS, DOCUMENTS, Kind, OTHER_TYPES, PROFILES, UNTYPED, VOCABULARY } from './classes.js';
import { parseDate } from './dates.js';
import { requireExtensions } from './extensions.js';
import { typesIn } from './values.js';

const BLANK_NODE = /^_:[A-Za-z0-9._-]+$/;
const IDENTITY_HASH = /^(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})$/;
const NESTING = 4;

const refuse = (code, message) => {
  throw new Refusal(code, message);
};

/** Tell whether a value is a document at all: an object within limits, without control characters. */
export const isDocument = (value) =>
  isObject(value) && countValues(value) <= MOST_VALUES && !hasUnwantedInside(value);

function hasUnwantedInside(value) {
  if (typeof value === 'string') return hasUnwanted(value);
  if (Array.isArray(value)) return value.some(hasUnwantedInside);
  return isObject(value) && Object.entries(value).some(([name, item]) => hasUnwanted(name) || hasUnwantedInside(item));
}

/** Require the `@context` of Open Badges 2, as an address or written out. */
export function requireContext(document) {
  const contexts = asList(document['@context']);
  const types = typesIn(document);
  if (contexts.some((context) => CONTEXTS.includes(context) || isWrittenOut(context, types))) return;
  refuse('LEGACY_CONTEXT', 'The context is not that of Open Badges 2.');
}

function isWrittenOut(context, types) {
  if (!isObject(context) || context.obi !== VOCABULARY) return false;
  return types.every((name) => !Object.hasOwn(context, name) || context[name] === `obi:${name}`);
}

/** Require that a document is of one of the classes, and as its class must be. */
export function requireClassOf(document, classes) {
  const types = typesIn(document);
  const [name] = classes.filter((one) => types.includes(one)).sort();
  if (name === undefined) refuse('LEGACY_TYPE', `This must be of the type ${classes.join(' or ')}.`);
  if (types.some(isUnknown) || asList(document.type).length !== types.length) {
    refuse('LEGACY_TYPE_UNKNOWN', 'One of the types is not of Open Badges 2, and is no IRI either.');
  }
  requireObject(document, name, 0);
}

const isUnknown = (name) => !CLASSES.has(name) && !OTHER_TYPES.includes(name) && !name.includes(':');
const isMissing = (item, name) => !Object.hasOwn(item, name) || item[name] === null;

function requireObject(item, name, depth) {
  for (const [member, stated] of Object.entries(CLASSES.get(name))) {
    if (!isMissing(item, member)) requireProperty(item, member, stated, depth);
    else if (stated.isRequired) refuse('LEGACY_REQUIRED', `A required member is missing: ${member}.`);
  }
  if (name === 'Criteria' && !('id' in item) && !('narrative' in item)) {
    refuse('LEGACY_CRITERIA_EMPTY', 'The criteria say nothing.');
  }
  requireExtensions(item);
}

function requireProperty(item, member, stated, depth) {
  const values = asList(item[member]);
  if ((stated.isRequired && values.length === 0) || (values.length > 1 && !stated.isMany)) {
    refuse('LEGACY_VALUE', `There must be exactly one ${member} here.`);
  }
  for (const value of values) {
    if (typeof stated.holds === 'string') requireReference(value, stated, depth);
    else if (!isOfKind(value, stated.holds, item)) {
      refuse('LEGACY_VALUE', `The member ${member} must be ${stated.holds.description}.`);
    }
  }
}

/** Require what stands as an object of a class, or as the id of one. */
function requireReference(value, { holds: name, isInside }, depth) {
  if (!isObject(value) || depth >= NESTING) {
    if (isInside || !isIri(value)) refuse('LEGACY_VALUE', 'This must be an object, or an IRI.');
    return;
  }
  const classes = PROFILES.includes(name) ? PROFILES : [name];
  if (!UNTYPED.includes(name) && 'type' in value && !typesIn(value).some((one) => classes.includes(one))) {
    refuse('LEGACY_TYPE', `This must be of the type ${classes.join(' or ')}.`);
  }
  // What is published under an address is judged when it is looked up: here its id counts.
  if (!DOCUMENTS.includes(name) || !isWebAddress(value.id)) requireObject(value, name, depth + 1);
}

const isIri = (value) => typeof value === 'string' && (BLANK_NODE.test(value) || isUrl(value));

/** Tell whether a value is an http or https URL: something that can be looked up. */
export const isWebAddress = (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && isUrl(value);

function isDate(value) {
  try {
    parseDate(value);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const isText = (value) => typeof value === 'string';
const isIdentity = (value, item) => isText(value) && (item.hashed !== true || IDENTITY_HASH.test(value));
const isRevokedEntry = (value) =>
  (isObject(value) ? [value.id, value.uid] : [value]).some((name) => isText(name) && name !== '');

const TESTS = new Map([
  [Kind.IRI, isIri],
  [Kind.WEB, isWebAddress],
  [Kind.TEXT, isText],
  [Kind.BOOLEAN, (value) => typeof value === 'boolean'],
  [Kind.DATE, isDate],
  [Kind.IDENTITY, isIdentity],
  [Kind.REVOKED, isRevokedEntry],
]);

const isOfKind = (value, kind, item) => TESTS.get(kind)(value, item);
