// From what was given to the document that is examined (verifier/opening.py): {document, token}.

import { VC_V2 } from './contexts.js';
import { isEnvelope } from './embedded.js';
import { beginsObject, formOf, stripped } from './forms.js';
import { credentialIn } from './images.js';
import { isLegacy } from './legacy/classes.js';
import { legacyDocument, openLegacyForm } from './legacy/opening.js';
import { asList, Refusal, Undecided } from './outcomes.js';
import { openSdJwt } from './sd-jwt.js';
import { parseStrictJson, readJson } from './strict-json.js';
import { openToken } from './tokens.js';

const ENVELOPE_MEMBERS = ['@context', 'id', 'type'];
const MEDIA_TYPES = new Set(['application/jwt', 'application/vc+jwt', 'application/vp+jwt']);
const IMAGES = ['png', 'svg'];

const unread = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'This form is not read on this device.');
};

export const isPresentation = (document) => asList(document.type).includes('VerifiablePresentation');

/** Open bytes of any form; what is of Open Badges 2 comes with `isLegacy`, or as its `address` alone. */
export async function receive(given, world) {
  const outer = formOf(given);
  if (!IMAGES.includes(outer)) return receiveBytes(given, outer, false, world);
  const { bytes, isLegacy: isInLegacyPlace } = await credentialIn(given, outer);
  return receiveBytes(bytes, formOf(bytes), isInLegacyPlace, world);
}

function receiveBytes(bytes, form, isInLegacyPlace, world) {
  if (form === 'sd-jwt') return openSdJwt(new TextDecoder().decode(stripped(bytes)));
  if (isInLegacyPlace || !beginsObject(bytes)) {
    const opened = openLegacyForm(bytes, isInLegacyPlace, world);
    if (opened !== undefined) return opened;
  }
  if (form === 'jwt') return counted(openJwt(new TextDecoder().decode(stripped(bytes))), world);
  if (form !== 'json') unread();
  return receiveJson(bytes, world);
}

function receiveJson(bytes, world) {
  const { value, broken } = readJson(bytes);
  // What is signed as JSON around its payload is for the service.
  if ('payload' in value && ('signature' in value || 'signatures' in value)) unread();
  if (isEnvelope(value)) return openValue(value, world);
  if (!isLegacy(value) || isPresentation(value)) return { document: parseStrictJson(bytes) };
  return { document: legacyDocument({ value, broken }), isLegacy: true };
}

/** Open what stands for a document inside another one: itself, a token, or an envelope. */
export async function openValue(value, world) {
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    if (formOf(bytes) !== 'jwt') unread();
    return counted(openJwt(value), world);
  }
  if (!isEnvelope(value)) return { document: value };
  const { mediaType, token, ofPresentation } = readEnvelope(value);
  if (!MEDIA_TYPES.has(mediaType)) unread();
  const received = counted(openJwt(token, mediaType), world);
  if (isPresentation(received.document) !== ofPresentation) {
    throw new Refusal('ENVELOPE_OF_OTHER_KIND', 'It holds another kind of document than it says.');
  }
  return received;
}

function openJwt(text, mediaType) {
  const received = openToken(text, mediaType);
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
