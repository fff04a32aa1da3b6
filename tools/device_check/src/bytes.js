// Bytes as texts, compared and inflated.

import { Refusal } from './outcomes.js';

const LATIN = new TextDecoder('latin1');

/** Read bytes as Latin-1; control characters stay themselves, other than in windows-1252. */
export function latin1(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Read the beginning of a file for recognising it: what is ASCII in it is right. */
export const beginning = (bytes, length) => LATIN.decode(bytes.subarray(0, length));

export const startsWith = (bytes, ...first) => first.every((byte, index) => bytes[index] === byte);

/** Inflate within a limit (`format` as in DecompressionStream); throw RangeError beyond it. */
export async function inflate(bytes, format, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError('too large');
    }
    parts.push(value);
  }
  const whole = joined(parts, size);
  requireEnd(bytes, whole, format);
  return whole;
}

/** Require the check sums of the whole at the end: not every engine refuses what follows it. */
function requireEnd(bytes, whole, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole =
    format === 'gzip'
      ? view.getUint32(bytes.length - 8, true) === crc32(whole) && view.getUint32(bytes.length - 4, true) === whole.length
      : view.getUint32(bytes.length - 4) === adler32(whole);
  if (!isWhole) throw new TypeError('something follows the end');
}

const TABLE = Uint32Array.from({ length: 256 }, (_none, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Compute CRC-32 (PNG third edition, annex D; RFC 1952). */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** Compute Adler-32 (RFC 1950 section 9). */
function adler32(bytes) {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

function joined(parts, size) {
  const whole = new Uint8Array(size);
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/** Decode UTF-8 strictly, a byte order mark included. */
export function utf8(bytes, code) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(code, 'This is not UTF-8 text.');
  }
}
