// What a file is, by how it begins (credentials/baking/recognising.py, verifier/formats.py).

import { beginning, startsWith } from './bytes.js';

const PNG = /^[^]PNG[\r\n]|NG\r?\n\x1a|\x00\x00\x00[\r\n]{1,2}IHDR/;
const SVG = /^(?:<\?xml|<(?:[A-Za-z0-9_.-]+:)?svg(?![A-Za-z0-9_])|<!DOCTYPE svg|<!--)/;
const SPACE = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]);
const SPACE_OF_TEXTS = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const AROUND = new RegExp(`^${SPACE_OF_TEXTS}|${SPACE_OF_TEXTS}$`, 'g');
const MOST_OF_PNG = 24;
const MOST_OF_SVG = 1_024;

const isToken = (text) => /^eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text);

/** Name the form of a file: png, svg, pdf, jpeg, zip, jwt, sd-jwt, or json for all else. */
export function formOf(bytes) {
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d)) return 'pdf';
  if (PNG.test(beginning(bytes, MOST_OF_PNG))) return 'png';
  if (isSvg(bytes)) return 'svg';
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) return 'zip';
  return formOfText(bytes);
}

/** Name the form of what stands alone or was inside an image. */
function formOfText(bytes) {
  const text = stripped(bytes);
  if (!startsWith(text, 0x65, 0x79, 0x4a)) return 'json';
  const [token, ...disclosures] = new TextDecoder('latin1').decode(text).split('~');
  if (!isToken(token)) return 'json';
  return disclosures.length > 0 ? 'sd-jwt' : 'jwt';
}

function isSvg(bytes) {
  const start = startsWith(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0;
  return SVG.test(beginning(bytes.subarray(start), MOST_OF_SVG - start).replace(/^[\t-\r ]+/, ''));
}

/** Tell whether bytes begin as an object of JSON does. */
export const beginsObject = (bytes) => stripped(bytes)[0] === 0x7b;

/** Take white space away from around a token, which belongs to the file. */
export function stripped(bytes) {
  let start = 0;
  let end = bytes.length;
  while (start < end && SPACE.has(bytes[start])) start += 1;
  while (end > start && SPACE.has(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

/** Take white space of any script away from around a text. */
export const withoutSpace = (text) => text.replaceAll(AROUND, '');
