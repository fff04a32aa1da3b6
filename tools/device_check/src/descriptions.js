// One thing is described in one place (credentials/linked_data/descriptions.py): in RDF all places with
// one id are one node, so that members could be moved between them under the same signature.

import { Refusal, isObject } from './outcomes.js';

const OPEN_BADGES = 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#';
const LEARNER_RECORDS = 'https://purl.imsglobal.org/spec/vc/clr/vocab.html#';
const SCHEMA_ORG = 'https://schema.org/';
const VOCABULARIES = ['https://www.w3.org/2018/credentials#', OPEN_BADGES, LEARNER_RECORDS];
const ACHIEVEMENT = `${OPEN_BADGES}Achievement`;
const ENDORSEMENT_SUBJECT = `${OPEN_BADGES}EndorsementSubject`;
const COMMENT = `${OPEN_BADGES}endorsementComment`;
const NARRATIVE = `${OPEN_BADGES}narrative`;
const SUBJECT_CLASSES = new Set([`${OPEN_BADGES}AchievementSubject`, `${LEARNER_RECORDS}ClrSubject`]);
const REPEATABLE_CLASSES = new Set([ENDORSEMENT_SUBJECT, `${OPEN_BADGES}Profile`]);
const REPEATABLE = new Set([
  ...[
    'additionalName', 'description', 'email', 'familyName', 'givenName', 'honorificPrefix',
    'honorificSuffix', 'name', 'url',
  ].map((name) => SCHEMA_ORG + name),
  ...[
    'Address', 'Image', 'PhoneNumber', 'address', 'dateOfBirth', 'endorsement', 'endorsementComment',
    'endorsementJwt', 'familyNamePrefix', 'image', 'narrative', 'official', 'otherIdentifier',
    'parentOrg', 'patronymicName', 'phone',
  ].map((name) => OPEN_BADGES + name),
]);
const IN_OWN_WORDS = new Set([
  COMMENT, NARRATIVE, `${OPEN_BADGES}endorsement`, `${OPEN_BADGES}endorsementJwt`,
]);
const COMPONENTS = `${LEARNER_RECORDS}verifiableCredential`;

/** Refuse an expanded document from which a member could be moved to another place unnoticed. */
export function requireSingleDescriptions(expanded) {
  const described = new Map();
  collect(expanded, described, new Map());
  const [root] = expanded;
  for (const byId of described.values()) {
    for (const nodes of byId.values()) {
      if (nodes.length > 1 && isSplit(nodes, root)) {
        throw new Refusal('NODE_SPLIT', 'One thing is described in two places.');
      }
    }
  }
}

/** Collect node objects by graph and id; each graph, and each component, is a world of its own. */
function collect(value, described, graph) {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, described, graph);
    return;
  }
  if (!isObject(value) || '@value' in value) return;
  if (typeof value['@id'] === 'string') {
    described.set(graph, graph);
    graph.set(value['@id'], [...(graph.get(value['@id']) ?? []), value]);
  }
  const inner = new Map();
  for (const [name, member] of Object.entries(value)) {
    if (name === '@graph') collect(member, described, inner);
    else if (name === COMPONENTS) for (const component of member) collect(component, described, new Map());
    else if (name !== '@id' && name !== '@type') collect(member, described, graph);
  }
}

const membersOf = (node) => Object.keys(node).filter((name) => !name.startsWith('@'));
const classesOf = (node) => (node['@type'] ?? []).map(String);
const isEndorsed = (node) => classesOf(node).includes(ENDORSEMENT_SUBJECT);

function isSplit(nodes, root) {
  const others = nodes.filter((node) => node !== root);
  return (
    hasTwoClaims(nodes) || (others.length < nodes.length && !others.every(isMention)) ||
    hasUnequalMembers(nodes) || hasMembersBeside(nodes)
  );
}

/** Name what only one description of a thing may have: each class, and all other members. */
function exclusiveClaims(node) {
  const claims = classesOf(node).filter((kind) => !REPEATABLE_CLASSES.has(kind));
  return membersOf(node).every((name) => REPEATABLE.has(name)) ? claims : [...claims, 'members'];
}

function hasTwoClaims(nodes) {
  const first = new Map();
  return nodes.some((node) =>
    exclusiveClaims(node).some((claim) => {
      if (!first.has(claim)) first.set(claim, node);
      return !areEqual(first.get(claim), node);
    }),
  );
}

/** Tell whether a node says nothing about the document itself but what an endorser comments. */
const isMention = (node) =>
  membersOf(node).every((name) => name === COMMENT) &&
  !classesOf(node).some(
    (kind) => kind !== ENDORSEMENT_SUBJECT && VOCABULARIES.some((one) => kind.startsWith(one)),
  );

function hasUnequalMembers(nodes) {
  const first = new Map();
  return nodes.some((node) =>
    membersOf(node).some((name) => {
      if (!REPEATABLE.has(name) || IN_OWN_WORDS.has(name)) return false;
      if (!first.has(name)) first.set(name, node[name]);
      return !areEqual(first.get(name), node[name]);
    }),
  );
}

/** Tell whether a member stands beside the main description of a thing instead of in it. */
function hasMembersBeside(nodes) {
  const main = mainOf(nodes);
  if (main === undefined) return false;
  const classes = classesOf(main);
  if (classes.includes(ACHIEVEMENT) && NARRATIVE in main) return true;
  const mustBeWhole = classes.some((kind) => !SUBJECT_CLASSES.has(kind) && !REPEATABLE_CLASSES.has(kind));
  const known = membersOf(main);
  return nodes.some(
    (node) =>
      (mustBeWhole || isEndorsed(node)) &&
      membersOf(node).some((name) => !IN_OWN_WORDS.has(name) && !known.includes(name)),
  );
}

/** Choose the main description: what only one may have, else whatever an endorser did not say. */
function mainOf(nodes) {
  return (
    nodes.find((node) => exclusiveClaims(node).includes('members')) ??
    nodes.find((node) => exclusiveClaims(node).length > 0) ??
    nodes.find((node) => membersOf(node).length > 0 && !isEndorsed(node))
  );
}

function areEqual(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => areEqual(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && areEqual(one[name], other[name]))
  );
}
