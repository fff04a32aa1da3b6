// From what was given to the document that is examined (verifier/opening.py): {document, token}.

import { asList, Refusal, Undecided } from './outcomes.js';
import { isEnvelope } from './embedded.js';
import { formOf, stripped } from './forms.js';
import { credentialIn } from './images.js';
import { RULES_OF_DOCUMENTS, parseStrictJson, textOf } from './strict-json.js';
import { openToken } from './tokens.js';
import { VC_V2 } from './contexts.js';

const ENVELOPE_MEMBERS = ['@context', 'id', 'type'];
const MEDIA_TYPES = new Set(['application/jwt', 'application/vc+jwt', 'application/vp+jwt']);
const LEGACY = ['https://w3id.org/openbadges/', 'https://openbadgespec.org/'];
const LEGACY_VOCABULARY = 'https://w3id.org/openbadges#';
const IMAGES = ['png', 'svg'];

const unread = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'This form is not read on this device.');
};

export const isPresentation = (document) => asList(document.type).includes('VerifiablePresentation');

/** Open bytes of any form. */
export async function receive(given, world) {
  const outer = formOf(given);
  const bytes = IMAGES.includes(outer) ? await credentialIn(given, outer) : given;
  const form = IMAGES.includes(outer) ? formOf(bytes) : outer;
  if (form === 'jwt') return counted(await openJwt(new TextDecoder().decode(stripped(bytes))), world);
  if (form !== 'json') unread();
  const document = documentIn(bytes);
  // What is signed as JSON around its payload is for the service, and so are older badges.
  if ('payload' in document && ('signature' in document || 'signatures' in document)) unread();
  requireNoOlderBadge(document);
  return isEnvelope(document) ? openValue(document, world) : { document };
}

function documentIn(bytes) {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    // Older badges may have what newer ones must not have.
    if (RULES_OF_DOCUMENTS.has(error.code)) requireNoOlderBadge(looselyRead(bytes));
    throw error;
  }
}

function looselyRead(bytes) {
  try {
    return Object(JSON.parse(textOf(bytes)));
  } catch {
    return {};
  }
}

/** Open what stands for a document inside another one: itself, a token, or an envelope. */
export async function openValue(value, world) {
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    if (formOf(bytes) !== 'jwt') unread();
    return counted(await openJwt(value), world);
  }
  if (!isEnvelope(value)) return { document: value };
  const { mediaType, token, ofPresentation } = readEnvelope(value);
  if (!MEDIA_TYPES.has(mediaType)) unread();
  const received = counted(await openJwt(token, mediaType), world);
  if (isPresentation(received.document) !== ofPresentation) {
    throw new Refusal('ENVELOPE_OF_OTHER_KIND', 'It holds another kind of document than it says.');
  }
  return received;
}

async function openJwt(text, mediaType) {
  const received = openToken(text, mediaType);
  requireNoOlderBadge(received.document);
  if (isEnvelope(received.document)) throw new Refusal('TOKEN_IN_TOKEN', 'There is a token in it.');
  return received;
}

/** Count what came out of a token: a small file can hold many, many times. */
function counted(received, world) {
  world.work.spendValues(received.document);
  return received;
}

function readEnvelope(value) {
  const malformed = () => {
    throw new Refusal('ENVELOPE_MALFORMED', 'The envelope has not the form of one.');
  };
  const names = Object.keys(value);
  const contexts = asList(value['@context']);
  if (names.length !== 3 || !ENVELOPE_MEMBERS.every((name) => name in value)) malformed();
  if (contexts[0] !== VC_V2 || contexts.some((one) => typeof one !== 'string')) malformed();
  const types = asList(value.type);
  if (types.length !== 1 || typeof value.id !== 'string') malformed();
  const [, mediaType, token] = /^data:([^,]*),([^]*)$/.exec(value.id) ?? malformed();
  return {
    mediaType: mediaType.toLowerCase(), token, ofPresentation: types[0] === 'EnvelopedVerifiablePresentation',
  };
}

/** Leave badges of Open Badges 1 and 2 to the service: they are looked up, not signed as this is. */
function requireNoOlderBadge(document) {
  if (asList(document.type).includes('VerifiableCredential')) return;
  const contexts = asList(document['@context']);
  const isOlder = contexts.some(
    (one) =>
      one?.obi === LEGACY_VOCABULARY ||
      (typeof one === 'string' && LEGACY.some((beginning) => one.startsWith(beginning))),
  );
  if (isOlder || (contexts.length === 0 && 'badge' in document && 'recipient' in document)) {
    throw new Undecided('UNSUPPORTED_HERE', 'Older badges are not judged on this device.');
  }
}
