// JSON-LD in safe mode, its round trip, and RDFC-1.0, by the libraries jsonld and rdf-canonize.

import jsonld from 'jsonld';
import { loadContext } from './contexts.js';
import { requireSingleDescriptions } from './descriptions.js';
import { embeddedIn, withoutEmbedded } from './embedded.js';
import { Refusal, Undecided, isObject } from './outcomes.js';
import { isUrl } from './urls.js';

const OPTIONS = { base: null, documentLoader: loadContext, processingMode: 'json-ld-1.1' };
const PROPERTY_OF_CLASS = {
  Achievement: 'achievement', Address: 'address', Criteria: 'criteria',
  GeoCoordinates: 'geo', Image: 'image', Profile: 'creator',
};
const RECORD = 'https://purl.imsglobal.org/spec/vc/clr/vocab.html#';
const MOST_CREDENTIALS = 64;
const MOST_NODES_WITHOUT_ID = 500;
const PROPERTY_NAMES = {
  ...PROPERTY_OF_CLASS,
  [`${RECORD}achievement`]: 'achievement',
  [`${RECORD}association`]: 'association',
  [`${RECORD}identifier-1`]: 'identifier',
};
const CLASS_OF_PROPERTY = Object.fromEntries(
  Object.entries(PROPERTY_OF_CLASS).map(([kind, property]) => [property, kind]),
);

const wrapped = async (step) => {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Undecided) throw error;
    throw new Refusal('JSON_LD_ERROR', 'The document would not be signed as it stands.');
  }
};

/** Canonicalize a document; what would be dropped is an error (VC Data Integrity 1.0 §2.4.1). */
export function canonicalText(document, hash) {
  return wrapped(() =>
    jsonld.canonize(document, {
      ...OPTIONS, safe: true, algorithm: 'RDFC-1.0', format: 'application/n-quads',
      rdfDirection: 'i18n-datatype', messageDigestAlgorithm: hash, maxWorkFactor: 1,
    }),
  );
}

/** Require that nothing is lost, that names are URLs, and compact(expand(x)) == x for each part. */
export async function requireNothingLost(document) {
  const embedded = embeddedIn(document);
  if (embedded.length > MOST_CREDENTIALS) {
    throw new Refusal('TOO_MANY_CREDENTIALS', 'There are too many credentials inside.');
  }
  const expanded = await expandedOf(document, true);
  requireSingleDescriptions(expanded);
  requireNames(expanded);
  if (nodesWithoutId(expanded) > MOST_NODES_WITHOUT_ID) {
    throw new Undecided('UNSUPPORTED_HERE', 'There are too many things without an id.');
  }
  for (const part of [document, ...embedded]) {
    const own = withoutEmbedded(part);
    await requireRoundTrip(own, embedded.length > 0 ? await expandedOf(own, false) : expanded);
  }
}

/** Expand; `safe` refuses what would be dropped, which has been done once it is done for the whole. */
const expandedOf = (document, safe) => wrapped(() => jsonld.expand(document, { ...OPTIONS, safe }));

async function requireRoundTrip(document, expanded) {
  const contexts = document['@context'];
  const compacted = await wrapped(() =>
    jsonld.compact(expanded, contexts, { ...OPTIONS, skipExpansion: true }),
  );
  const { '@context': _ours, ...body } = withoutContexts(document);
  const { '@context': _theirs, ...returned } = compacted;
  if (!sameObjects(body, returned)) {
    throw new Refusal('ROUND_TRIP', 'It is not written in the terms of its own contexts.');
  }
}

/** Count what becomes a node without a name, which canonicalizing takes long for. */
function nodesWithoutId(value) {
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + nodesWithoutId(item), 0);
  if (!isObject(value) || '@value' in value) return 0;
  const items = '@list' in value ? value['@list'].length : 0;
  return Object.values(value).reduce((sum, item) => sum + nodesWithoutId(item), items + ('@id' in value ? 0 : 1));
}

function withoutContexts(document) {
  if (!('proof' in document)) return document;
  const strip = (proof) => {
    if (!isObject(proof)) return proof;
    const { '@context': _own, ...members } = proof;
    return members;
  };
  return { ...document, proof: Array.isArray(document.proof) ? document.proof.map(strip) : strip(document.proof) };
}

/** Require IRIs for names, types and datatypes. */
function requireNames(value) {
  if (Array.isArray(value)) {
    value.forEach(requireNames);
    return;
  }
  if (!isObject(value)) return;
  if (value['@id'] !== undefined && !isUrl(value['@id'])) {
    throw new Refusal('RELATIVE_IRI', 'A name is no URL.');
  }
  const types = Array.isArray(value['@type']) ? value['@type'] : [value['@type']];
  for (const type of types) {
    if (type !== undefined && type !== '@json' && !isUrl(type)) {
      throw new Refusal('UNDEFINED_TYPE', 'A type is not defined.');
    }
  }
  for (const [name, item] of Object.entries(value)) {
    if (!name.startsWith('@') && !isUrl(name)) throw new Refusal('UNDEFINED_TERM', 'A term is odd.');
    if (name !== '@value') requireNames(item);
  }
}

const only = (value) => {
  if (Array.isArray(value) && value.length === 1) return only(value[0]);
  if (isObject(value) && Object.keys(value).length === 1 && typeof value.id === 'string') return value.id;
  return value;
};

function same(ours, theirs) {
  ours = only(ours);
  theirs = only(theirs);
  if (isObject(ours) && isObject(theirs)) return sameObjects(ours, theirs);
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length === theirs.length && ours.every((item, index) => same(item, theirs[index]));
  }
  return ours === theirs;
}

function sameObjects(ours, theirs) {
  const renamed = Object.fromEntries(
    Object.entries(theirs).map(([name, value]) => [PROPERTY_NAMES[name] ?? name, value]),
  );
  const names = Object.keys(ours);
  if (names.length !== Object.keys(renamed).length) return false;
  return names.every((name) => {
    if (!(name in renamed)) return false;
    if (name === 'type') return sameTypes(ours[name], renamed[name]);
    return same(ours[name], renamed[name]);
  });
}

const classes = (value) =>
  (Array.isArray(value) ? value : [value]).map((name) =>
    name === 'OpenBadgeCredential' ? 'AchievementCredential' : name,
  );

function sameTypes(ours, theirs) {
  const [mine, others] = [classes(ours), classes(theirs).map((name) => CLASS_OF_PROPERTY[name] ?? name)];
  return mine.length === others.length && mine.every((name, index) => name === others[index]);
}
