// The form of a credential (credentials/data_model; VC Data Model 2.0 section 4, 1.1 section 4).

import * as schemas from 'virtual:schemas';
import { VC_V1 } from './contexts.js';
import { Refusal, Undecided, asList, isObject } from './outcomes.js';
import { MOST_VALUES, brokenByNumber, hasUnwanted } from './strict-json.js';
import { parseTimestamp } from './timestamps.js';
import { isUrl } from './urls.js';
import { countValues } from './work.js';

const CLASSES = {
  OpenBadgeCredential: 'OpenBadgeCredential',
  AchievementCredential: 'OpenBadgeCredential',
  EndorsementCredential: 'EndorsementCredential',
  ClrCredential: 'ClrCredential',
};
const TYPED = ['termsOfUse', 'evidence', 'refreshService', 'credentialStatus', 'credentialSchema'];
const MAY_BE_EMPTY = ['proof', 'verifiableCredential'];
const SCHEMA_TYPES = ['1EdTechJsonSchemaValidator2019', 'JsonSchema'];
const SCHEMA_URL =
  /^https:\/\/purl\.imsglobal\.org\/spec\/(?:ob\/v3p0|clr\/v2p0)\/schema\/(?:json|json-ld)\/(?:ob_v3p0|clr_v2p0)_([a-z]+)_schema\.json$/;
const CLASS_NAMES = {
  achievementcredential: 'OpenBadgeCredential',
  anyachievementcredential: 'OpenBadgeCredential',
  endorsementcredential: 'EndorsementCredential',
  anyendorsementcredential: 'EndorsementCredential',
  clrcredential: 'ClrCredential',
};
const OB_CONTEXT = 'https://purl.imsglobal.org/spec/ob/v3p0/context';

const refuse = (code, pointer, message) => {
  throw new Refusal(code, message, pointer);
};

/** Require the rules of every document of what may never have been read as text (credentials/document_rules.py). */
export function requireDocumentRules(document) {
  if (countValues(document) > MOST_VALUES) refuse('TOO_MANY_VALUES', '', 'It has too many values.');
  requireRules(document);
}

function requireRules(value, name = '') {
  if (value === null) refuse('NULL_VALUE', '', 'A value is null.');
  if (typeof value === 'string') requireWanted(value);
  if (typeof value === 'number') requireExact(value);
  if (Array.isArray(value)) {
    if (value.length === 0 && !MAY_BE_EMPTY.includes(name)) refuse('EMPTY_ARRAY', '', 'An array is empty.');
    if (value.some(Array.isArray)) refuse('NESTED_ARRAY', '', 'An array stands in an array.');
    for (const item of value) requireRules(item);
  } else if (isObject(value)) {
    for (const [member, item] of Object.entries(value)) {
      requireWanted(member);
      requireRules(item, member);
    }
  }
}

function requireWanted(text) {
  if (hasUnwanted(text)) refuse('CONTROL_CHARACTER', '', 'A text has a control character.');
}

function requireExact(number) {
  const [broken] = brokenByNumber(Object.is(number, -0) ? '-0.0' : String(number));
  if (broken !== undefined) throw broken;
}

/** Require the form of a credential, and of an Open Badge if it is one. */
export function requireCredential(document) {
  requireTypes(document.type, '/type');
  const types = asList(document.type);
  if (!types.includes('VerifiableCredential')) refuse('TYPE_MISSING', '/type', 'It is no credential.');
  if (types.includes('VerifiablePresentation')) {
    refuse('PRESENTATION_AND_CREDENTIAL', '/type', 'It is a presentation as well.');
  }
  requireOptionalId(document, '');
  requireIssuer(document.issuer);
  requireSubjects(document.credentialSubject);
  requireDates(document);
  for (const member of TYPED) requireTypedObjects(document, member);
  requireTexts(document, '');
  requireStatusEntries(document);
  if ('relatedResource' in document) {
    throw new Undecided('UNSUPPORTED_HERE', 'Related resources are not judged on this device.');
  }
  requireClass(document, types);
}

function requireTypes(value, pointer) {
  const names = asList(value);
  const isSound = names.length > 0 && names.every((name) => typeof name === 'string' && name !== '');
  if (!isSound || new Set(names).size < names.length) refuse('TYPE_MALFORMED', pointer, 'A type is odd.');
}

function requireOptionalId(item, pointer) {
  if ('id' in item && !isUrl(item.id)) refuse('NOT_A_URL', `${pointer}/id`, 'An id is no URL.');
}

function requireIssuer(issuer) {
  const id = isObject(issuer) ? issuer.id : issuer;
  if (!isUrl(id)) refuse('ISSUER_MALFORMED', '/issuer', 'The issuer is not named by a URL.');
  if (isObject(issuer)) requireTexts(issuer, '/issuer');
}

function requireSubjects(value) {
  const subjects = asList(value);
  if (subjects.length === 0) refuse('SUBJECT_MALFORMED', '/credentialSubject', 'It is about nobody.');
  for (const subject of subjects) {
    if (!isObject(subject) || Object.keys(subject).length === 0) {
      refuse('SUBJECT_MALFORMED', '/credentialSubject', 'A subject is no object.');
    }
    requireOptionalId(subject, '/credentialSubject');
  }
}

function requireDates(document) {
  const isOld = asList(document['@context'])[0] === VC_V1;
  const own = isOld ? ['issuanceDate', 'expirationDate'] : ['validFrom', 'validUntil'];
  const foreign = isOld ? ['validFrom', 'validUntil'] : ['issuanceDate', 'expirationDate'];
  const moments = own.map((name) => (name in document ? parseTimestamp(document[name]) : null));
  if (moments[0] !== null && moments[1] !== null && moments[1] < moments[0]) {
    refuse('VALIDITY_PERIOD_REVERSED', `/${own[1]}`, 'It ends before it begins.');
  }
  if (isOld && moments[0] === null) refuse('ISSUANCE_DATE_MISSING', '', 'It has no issuanceDate.');
  for (const name of foreign) {
    if (name in document) refuse('DATE_OF_OTHER_VERSION', `/${name}`, 'A date is of another version.');
  }
}

function requireTypedObjects(document, member) {
  if (!(member in document)) return;
  for (const item of asList(document[member])) {
    if (!isObject(item)) refuse('MALFORMED_OBJECT', `/${member}`, 'This must be an object.');
    requireTypes(item.type, `/${member}/type`);
    if (member === 'credentialSchema' && !('id' in item)) refuse('ID_MISSING', `/${member}`, 'It needs an id.');
    requireOptionalId(item, `/${member}`);
  }
}

function requireTexts(item, pointer) {
  for (const member of ['name', 'description']) {
    if (!(member in item)) continue;
    const values = asList(item[member]);
    if (values.some(isObject)) {
      throw new Undecided('UNSUPPORTED_HERE', 'Texts with languages are not judged here.');
    }
    if (!values.every((value) => typeof value === 'string')) {
      refuse('TEXT_MALFORMED', `${pointer}/${member}`, 'This must be a text.');
    }
  }
}

const BITSTRING = 'BitstringStatusListEntry';
const LARGEST_SIZE = 16;
const STATUS = /^0x[0-9A-Fa-f]{1,4}$/;

function requireStatusEntries(document) {
  for (const entry of asList(document.credentialStatus)) {
    const types = asList(entry.type);
    if (!types.includes(BITSTRING) && !types.includes('StatusList2021Entry')) continue;
    const isSound =
      typeof entry.statusPurpose === 'string' && isUrl(entry.statusListCredential) &&
      typeof entry.statusListIndex === 'string' && /^(?:0|[1-9][0-9]{0,15})$/.test(entry.statusListIndex);
    const { statusSize: size = 1, statusMessage: messages } = entry;
    const isSized = Number.isInteger(size) && size > 0 && size <= LARGEST_SIZE;
    if (!isSound || !isSized || !(areMessages(messages, size) || (messages === undefined && size === 1))) {
      refuse('STATUS_MALFORMED', '/credentialStatus', 'A status entry is odd.');
    }
  }
}

/** Tell whether there is one message for each value of an entry of so many bits. */
function areMessages(messages, size) {
  if (!Array.isArray(messages) || messages.length !== 2 ** size) return false;
  const isMessage = (one) => isObject(one) && typeof one.status === 'string' && STATUS.test(one.status) && typeof one.message === 'string';
  return messages.every(isMessage) && new Set(messages.map(({ status }) => Number(status))).size === messages.length &&
    messages.every(({ status }) => Number(status) < messages.length);
}

/** Apply the JSON Schemas of its class and of those that it names, and what no schema says. */
function requireClass(document, types) {
  const kind = CLASSES[Object.keys(CLASSES).find((name) => types.includes(name))];
  if (kind !== undefined) requireOwnClass(document, kind);
  for (const entry of asList(document.credentialSchema)) {
    const [, name] = SCHEMA_URL.exec(entry.id) ?? [];
    const isRead = asList(entry.type).some((type) => SCHEMA_TYPES.includes(type));
    if (isRead && Object.hasOwn(CLASS_NAMES, name ?? '')) requireSchema(document, CLASS_NAMES[name]);
  }
}

function requireSchema(document, kind) {
  const validate = schemas[kind];
  if (!validate(document)) {
    const [first] = validate.errors;
    refuse('SCHEMA_ERROR', first.instancePath, 'It has not the form of its class.');
  }
}

function requireOwnClass(document, kind) {
  const second = asList(document['@context'])[1];
  if (kind !== 'ClrCredential' && !(typeof second === 'string' && second.startsWith(OB_CONTEXT))) {
    refuse('CONTEXT_NOT_OPEN_BADGES', '/@context/1', 'The second context is not that of badges.');
  }
  requireSchema(document, kind);
  for (const subject of asList(document.credentialSubject)) requireSubjectOfBadge(subject);
}

function requireSubjectOfBadge(subject) {
  const achievement = isObject(subject.achievement) ? subject.achievement : {};
  const criteria = achievement.criteria;
  if (isObject(criteria) && !('id' in criteria) && !('narrative' in criteria)) {
    refuse('CRITERIA_EMPTY', '/credentialSubject', 'The criteria say nothing.');
  }
  for (const value of [subject.creditsEarned, achievement.creditsAvailable]) {
    if (typeof value === 'number' && (String(value).split('.')[1] ?? '').length > 2) {
      refuse('CREDITS_TOO_FINE', '/credentialSubject', 'Credits are too fine.');
    }
  }
  const described = new Map(asList(achievement.resultDescription).map((one) => [one.id, one]));
  for (const result of asList(subject.result)) {
    const description = described.get(result.resultDescription);
    if (typeof result.resultDescription === 'string' && description === undefined) {
      refuse('RESULT_DESCRIPTION_UNKNOWN', '/credentialSubject', 'A result is of no description.');
    }
    if (description?.resultType === 'Status' && !('status' in result)) {
      refuse('RESULT_STATUS_MISSING', '/credentialSubject', 'A result has no status.');
    }
  }
  for (const identity of asList(subject.identifier)) {
    if (identity.hashed !== true) continue;
    if (!/^(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})$/.test(identity.identityHash)) {
      refuse('IDENTITY_HASH_MALFORMED', '/credentialSubject', 'A hashed identity is odd.');
    }
  }
}

const CREDENTIAL_MEMBERS = [
  'awardedDate', 'credentialSchema', 'credentialStatus', 'credentialSubject', 'endorsement',
  'endorsementJwt', 'evidence', 'expirationDate', 'issuanceDate', 'issuer', 'refreshService',
  'relatedResource', 'validFrom', 'validUntil',
];
const MOST_CREDENTIALS = 64;

/** Require the form of a presentation (VC Data Model 2.0 section 4.13). */
export function requirePresentation(document) {
  requireTypes(document.type, '/type');
  if (asList(document.type).some((name) => name.endsWith('Credential'))) {
    refuse('PRESENTATION_AND_CREDENTIAL', '/type', 'It is a credential as well.');
  }
  for (const member of CREDENTIAL_MEMBERS) {
    if (member in document) refuse('CREDENTIAL_MEMBER', `/${member}`, 'Only credentials have this.');
  }
  requireOptionalId(document, '');
  if ('holder' in document) {
    const { holder } = document;
    if (!isUrl(isObject(holder) ? holder.id : holder)) refuse('HOLDER_MALFORMED', '/holder', 'It is odd.');
  }
  const credentials = asList(document.verifiableCredential);
  if (credentials.length > MOST_CREDENTIALS) refuse('TOO_MANY_CREDENTIALS', '', 'It has too many.');
  for (const item of credentials) {
    const isEnvelope = isObject(item) && asList(item.type).includes('EnvelopedVerifiableCredential');
    const isSound = isObject(item) && (!isEnvelope || String(item.id).startsWith('data:'));
    if (!isSound) refuse('EMBEDDED_CREDENTIAL_MALFORMED', '/verifiableCredential', 'One is odd.');
  }
}
