// Texts in PNG images (PNG third edition, sections 5 and 11; Open Badges 3.0 section 5.3.1).

import { crc32, inflate, latin1, startsWith, utf8 } from './bytes.js';
import { Refusal } from './outcomes.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const FRAME = 12;
const MOST_CHUNKS = 16_384;
const MOST_PIXELS_A_SIDE = 16_384;
const MOST_UNPACKED = 4_194_304;
const MOST_TEXT = 1_048_576;
const MOST_KEYWORD = 79;
const LEGACY_KEYWORD = 'openbadges';
const KEYWORDS = new Set(['openbadgecredential', 'clrcredential', LEGACY_KEYWORD]);
const TEXTS = new Set(['iTXt', 'tEXt', 'zTXt']);
const CRITICAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
const MOST_PALETTE = 768;

const refuse = (code, message = 'The image is damaged.') => {
  throw new Refusal(code, message);
};

/** Find the one text that is a credential's: {text, isLegacy}. */
export async function textInPng(bytes) {
  const chunks = chunksOf(bytes);
  const packed = chunks.filter(({ kind }) => TEXTS.has(kind) || kind === 'iCCP').map(textChunk);
  let left = MOST_UNPACKED;
  for (const one of packed) {
    if (!one.isCompressed) continue;
    one.unpacked = await unpack(one.content, left);
    left -= one.unpacked.length;
  }
  const found = packed.filter(({ kind, keyword }) => TEXTS.has(kind) && KEYWORDS.has(keyword));
  if (found.length === 0) refuse('IMAGE_WITHOUT_CREDENTIAL', 'There is no credential in this image.');
  if (found.length > 1) refuse('IMAGE_CREDENTIAL_AMBIGUOUS', 'There are two credentials in it.');
  const [{ kind, keyword, isCompressed, unpacked, content }] = found;
  const data = isCompressed ? unpacked : content;
  if (isCompressed && data.length > MOST_TEXT) refuse('IMAGE_TEXT_TOO_LARGE', 'Its text is too large.');
  const text = kind === 'iTXt' ? utf8(data, 'IMAGE_ENCODING') : latin1(data);
  return { text, isLegacy: keyword === LEGACY_KEYWORD };
}

async function unpack(content, most) {
  try {
    return await inflate(content, 'deflate', most);
  } catch (error) {
    return refuse(error instanceof RangeError ? 'IMAGE_TEXT_TOO_LARGE' : 'PNG_COMPRESSION');
  }
}

function textChunk({ kind, data }) {
  const end = data.indexOf(0);
  if (end < 1 || end > MOST_KEYWORD) refuse('PNG_TEXT');
  const keyword = latin1(data.subarray(0, end));
  const rest = data.subarray(end + 1);
  if (kind === 'tEXt') return { kind, keyword, content: rest, isCompressed: false };
  if (kind === 'iTXt') return { kind, keyword, ...international(rest) };
  if (rest[0] !== 0) refuse('PNG_TEXT');
  return { kind, keyword, content: rest.subarray(1), isCompressed: true };
}

/** Read what follows the keyword of iTXt: flag, method, language, translated keyword, text. */
function international(rest) {
  const [flag, method] = rest;
  const language = rest.indexOf(0, 2);
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
  if ((flag !== 0 && flag !== 1) || method !== 0 || translated < 0) refuse('PNG_TEXT');
  return { content: rest.subarray(translated + 1), isCompressed: flag === 1 };
}

function chunksOf(bytes) {
  if (!startsWith(bytes, ...SIGNATURE)) refuse('PNG_SIGNATURE');
  const chunks = [];
  let place = SIGNATURE.length;
  do {
    if (chunks.length === MOST_CHUNKS) refuse('PNG_TOO_MANY_CHUNKS', 'The image has too many parts.');
    chunks.push(chunkAt(bytes, place));
    place = chunks.at(-1).end;
  } while (chunks.at(-1).kind !== 'IEND');
  if (place !== bytes.length) refuse('PNG_TRAILING_DATA', 'Something follows the end of the image.');
  requireHeader(chunks[0]);
  requireStructure(chunks);
  return chunks;
}

function chunkAt(bytes, start) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = bytes.length - start - FRAME;
  if (left < 0 || view.getUint32(start) > left) refuse('PNG_TRUNCATED', 'The image is cut off.');
  const end = start + FRAME + view.getUint32(start);
  const kind = latin1(bytes.subarray(start + 4, start + 8));
  if (!/^[A-Za-z]{2}[A-Z][A-Za-z]$/.test(kind)) refuse('PNG_CHUNK_TYPE');
  if (crc32(bytes.subarray(start + 4, end - 4)) !== view.getUint32(end - 4)) refuse('PNG_CHECKSUM');
  return { kind, data: bytes.subarray(start + 8, end - 4), end };
}

function requireHeader({ kind, data }) {
  if (kind !== 'IHDR' || data.length !== 13) refuse('PNG_HEADER');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (const side of [view.getUint32(0), view.getUint32(4)]) {
    if (side === 0 || side > MOST_PIXELS_A_SIDE) refuse('PNG_HEADER', 'The image is too wide or high.');
  }
  const [depth, colour, compression, filtering, interlace] = data.subarray(8);
  if (!(DEPTHS[colour] ?? []).includes(depth)) refuse('PNG_HEADER');
  if (compression || filtering || interlace > 1) refuse('PNG_HEADER');
}

function requireStructure(chunks) {
  const kinds = chunks.map(({ kind }) => kind);
  const isUnknown = kinds.some((kind) => /^[A-Z]/.test(kind) && !CRITICAL.has(kind));
  const headers = kinds.filter((kind) => kind === 'IHDR').length;
  if (isUnknown || headers !== 1 || chunks.at(-1).data.length > 0) refuse('PNG_STRUCTURE');
  const first = kinds.indexOf('IDAT');
  const last = kinds.lastIndexOf('IDAT');
  if (first < 0 || kinds.slice(first, last).some((kind) => kind !== 'IDAT')) refuse('PNG_STRUCTURE');
  const palettes = chunks.filter(({ kind }) => kind === 'PLTE');
  const colour = chunks[0].data[9];
  const isWrong =
    palettes.length > 1 || kinds.lastIndexOf('PLTE') > first ||
    (colour === 3 && palettes.length === 0) || ((colour === 0 || colour === 4) && palettes.length > 0) ||
    palettes.some(({ data }) => data.length === 0 || data.length % 3 > 0 || data.length > MOST_PALETTE);
  if (isWrong) refuse('PNG_STRUCTURE');
}
