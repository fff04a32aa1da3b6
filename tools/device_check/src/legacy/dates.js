// Dates of Open Badges 2.0: the seconds, and the colon of the time zone, may be left out
// (credentials/legacy/dates.py).

import { parseTimestamp } from '../timestamps.js';

const WITHOUT_SECONDS = /^([0-9-]{10}T[0-9]{2}:[0-9]{2})(Z|[+-][0-9]{2}:?[0-9]{2})$/;
const OFFSET_WITHOUT_COLON = /^([^]*[+-][0-9]{2})([0-9]{2})$/;

/** Read a date as microseconds since 1970; throw `Refusal` for anything else. */
export function parseDate(value) {
  if (typeof value !== 'string') return parseTimestamp(value);
  const text = value.replace(WITHOUT_SECONDS, '$1:00$2');
  return parseTimestamp(text.includes('T') ? text.replace(OFFSET_WITHOUT_COLON, '$1:$2') : text);
}
