// Points in time (credentials/timestamps.py; xsd:dateTimeStamp), as microseconds since 1970.

import { Refusal } from './outcomes.js';

/** Members that say when a credential's validity begins, and when it ends; version 1.1 has the second ones. */
export const BEGINNINGS = ['validFrom', 'issuanceDate'];
export const ENDS = ['validUntil', 'expirationDate'];

const STAMP =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/;
const MOST_CHARACTERS = 64;
const MINUTE = 60_000_000n;
const FIRST = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1_000n;
const END = BigInt(Date.parse('+010000-01-01T00:00:00Z')) * 1_000n;

/** Read a date-time with its offset; throw `Refusal` for anything else. */
export function parseTimestamp(text) {
  const refuse = () => {
    throw new Refusal('TIMESTAMP_MALFORMED', 'A date cannot be read.');
  };
  const isRead = typeof text === 'string' && text.length <= MOST_CHARACTERS;
  const match = isRead ? STAMP.exec(text) : null;
  if (match === null) refuse();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const moment = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  moment.setUTCFullYear(year, month - 1, day);
  const isReal =
    year >= 1 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day &&
    hour < 24 && minute < 60 && second < 60;
  if (!isReal) refuse();
  const micros = BigInt((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const offset = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  if (Number(match[10] ?? 0) > 59 || offset > 14 * 60) refuse();
  const sign = match[8] === '-' ? -1n : 1n;
  const read = BigInt(moment.getTime()) * 1000n + micros - sign * BigInt(offset) * MINUTE;
  // In UTC, too, it has a year of four digits, from 0001 on.
  if (read < FIRST || read >= END) refuse();
  return read;
}
