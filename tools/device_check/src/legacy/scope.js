// Which addresses a badge of an issuer may be hosted at (credentials/legacy/scope.py).

import { Undecided, asList } from '../outcomes.js';
import { member, textsAmong } from './values.js';

const DOT_SEGMENT = /[/\\](?:\.|%2[eE]){1,2}(?:[/\\?#]|%2[fF]|$)/;
const AUTHORITY = /^https?:\/\/([^/?#]*)/i;
const PLAIN = /^([A-Za-z0-9._~-]*)(?::0*([0-9]*))?$/;
const MOST_OF_PORT = 65_535;

/** Name the host of a web address, with its port if it states one; null if there is none. */
export function hostOf(url) {
  const [, authority] = AUTHORITY.exec(url) ?? [];
  if (!authority || authority.includes('@')) return null;
  const [, host, port] = PLAIN.exec(authority) ?? odd();
  if (host === '' || Number(port) > MOST_OF_PORT) return null;
  const isStated = /:[0-9]+$/.test(authority);
  return host.toLowerCase() + (isStated ? `:${Number(port)}` : '');
}

/** Programs differ in what they take for one host, beyond plain names. */
const odd = () => {
  throw new Undecided('UNSUPPORTED_HERE', 'A host is not named in plain letters.');
};

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
