// Which contexts a credential may use, and where (credentials/linked_data/context_policy.py).

import pinned from 'virtual:contexts';
import { isEmbedded, isEnvelope } from './embedded.js';
import { isOfJavaScript } from './names.js';
import { Refusal, asList, isObject } from './outcomes.js';

export const VC_V1 = 'https://www.w3.org/2018/credentials/v1';
export const VC_V2 = 'https://www.w3.org/ns/credentials/v2';
const LANGUAGE_VALUE = new Set(['@value', '@language', '@direction']);

/** Load a pinned context; there is no other source. */
export async function loadContext(url) {
  if (!Object.hasOwn(pinned, url)) throw new Refusal('CONTEXT_UNKNOWN', `The context ${url} is not known.`);
  return { contextUrl: null, documentUrl: url, document: pinned[url] };
}

/** Require pinned contexts at their one place, and no JSON-LD keywords as names. */
export function requireContexts(document) {
  const named = document['@context'];
  // An envelope says nothing that a context could change; it may name one as a text.
  const contexts = isEnvelope(document) && typeof named === 'string' ? [named] : named;
  if (contexts === undefined) throw new Refusal('CONTEXT_MISSING', 'There is no @context.');
  if (!Array.isArray(contexts) || contexts.length === 0) {
    throw new Refusal('CONTEXT_NOT_ARRAY', '@context must be an array of URLs.');
  }
  if (contexts[0] !== VC_V1 && contexts[0] !== VC_V2) {
    throw new Refusal('CONTEXT_NOT_FIRST', 'The first context is another.');
  }
  if (contexts.includes(VC_V1) && contexts.includes(VC_V2)) {
    throw new Refusal('CONTEXT_MIXED_VERSIONS', 'Contexts of two versions are mixed.');
  }
  for (const one of contexts) {
    if (typeof one !== 'string') throw new Refusal('CONTEXT_INLINE', 'A context is not a URL.');
    if (!Object.hasOwn(pinned, one)) throw new Refusal('CONTEXT_UNKNOWN', `The context ${one} is not known.`);
  }
  if (new Set(contexts).size < contexts.length) {
    throw new Refusal('CONTEXT_DUPLICATE', 'A context is named twice.');
  }
  for (const [name, value] of Object.entries(document)) {
    if (name === '@context') continue;
    requireName(name);
    if (name === 'proof') requireProofs(value, contexts);
    else requireValues(name, value);
  }
}

function requireProofs(value, contexts) {
  for (const proof of asList(value)) {
    if (!isObject(proof)) continue;
    const { '@context': own, ...members } = proof;
    if (own !== undefined && JSON.stringify(own) !== JSON.stringify(contexts)) {
      throw new Refusal('CONTEXT_NESTED', 'The proof was made under other contexts.');
    }
    requireMembers(members);
  }
}

function requireValues(name, value) {
  for (const item of asList(value)) {
    if (Array.isArray(item)) throw new Refusal('NESTED_ARRAY', 'An array stands in an array.');
    if (!isObject(item)) continue;
    if (isEmbedded(name, item)) requireContexts(item);
    else if (!isLanguageValue(item)) requireMembers(item);
  }
}

function requireMembers(item) {
  for (const [name, value] of Object.entries(item)) {
    if (name === '@context') throw new Refusal('CONTEXT_NESTED', 'A part brings its own @context.');
    requireName(name);
    requireValues(name, value);
  }
}

function requireName(name) {
  if (name.startsWith('@')) throw new Refusal('JSON_LD_KEYWORD', 'A keyword is used as a name.');
  if (name.includes(':')) throw new Refusal('ABSOLUTE_IRI_KEY', 'A member is named by a URL.');
  if (isOfJavaScript(name)) throw new Refusal('UNDEFINED_TERM', 'A member is not defined.');
}

function isLanguageValue(item) {
  const names = Object.keys(item);
  return (
    '@value' in item &&
    names.every((name) => LANGUAGE_VALUE.has(name) && typeof item[name] === 'string')
  );
}
