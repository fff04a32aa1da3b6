// Which addresses a badge of an issuer may be hosted at (credentials/legacy/scope.py).

import { asList } from '../outcomes.js';
import { hostOf } from '../urls.js';
import { member, textsAmong } from './values.js';

const DOT_SEGMENT = /[/\\](?:\.|%2[eE]){1,2}(?:[/\\?#]|%2[fF]|$)/;

/** Tell whether an issuer whose profile stands at `address` lets `identifier` be hosted there. */
export function isInScope(identifier, issuer, address) {
  const beginnings = asList(member(issuer.verification, 'startsWith'));
  const origins = asList(member(issuer.verification, 'allowedOrigins'));
  const host = hostOf(identifier);
  if (host === null || DOT_SEGMENT.test(identifier)) return false;
  const isBegun = (beginning) => identifier.startsWith(beginning) && hostOf(beginning) === host;
  if (beginnings.length > 0 && ![...textsAmong(beginnings)].some(isBegun)) return false;
  if (origins.length > 0) return [...textsAmong(origins)].some((origin) => origin.toLowerCase() === host);
  return beginnings.length > 0 || host === hostOf(address);
}
