// Putting disclosures back where their digests stand (credentials/sd_jwt/processing.py; RFC 9901 section 7.1).

import { decodeBase64url, encodeBase64url } from './keys.js';
import { Refusal, Undecided, isObject } from './outcomes.js';
import { MOST_DEPTH, MOST_VALUES, readAnyJson } from './strict-json.js';
import { countValues } from './work.js';

const DIGESTS = '_sd';
const ELEMENT = '...';
const HASH_ALGORITHM = '_sd_alg';
const RESERVED = [DIGESTS, ELEMENT, HASH_ALGORITHM];
const HASHES = new Map([['sha-256', 'SHA-256'], ['sha-384', 'SHA-384'], ['sha-512', 'SHA-512']]);
export const MOST_DISCLOSURES = 256;

const refuse = (code, message) => {
  throw new Refusal(code, message);
};

/**
 * Process a payload with the disclosures that were sent: {claims, disclosed, hidden}.
 *
 * `disclosed` are the places of disclosures, and `hidden` those of objects and arrays that have a digest
 * without one, each as a list of names and indexes.
 */
export async function processed(payload, disclosures) {
  const sent = await byDigest(disclosures, hashFunction(payload[HASH_ALGORITHM] ?? 'sha-256'));
  const work = new Processing(sent);
  const claims = work.object(payload, []);
  if (work.waiting.size > 0) refuse('DISCLOSURE_NOT_SIGNED', 'A disclosure was not signed by the issuer.');
  return { claims, disclosed: work.disclosed, hidden: work.hidden };
}

function hashFunction(name) {
  if (typeof name !== 'string') refuse('HASH_ALGORITHM_MALFORMED', 'The hash function is not named by a text.');
  if (!HASHES.has(name)) throw new Undecided('UNSUPPORTED_HASH_ALGORITHM', 'The hash function is not used here.');
  return HASHES.get(name);
}

async function byDigest(texts, hash) {
  const read = texts.map(readDisclosure);
  if (read.reduce((sum, { value }) => sum + countValues(value), 0) > MOST_VALUES) {
    refuse('TOO_MANY_VALUES', 'It has too many values.');
  }
  const digests = await Promise.all(texts.map((text) => crypto.subtle.digest(hash, new TextEncoder().encode(text))));
  const sent = new Map(digests.map((digest, place) => [encodeBase64url(new Uint8Array(digest)), read[place]]));
  if (sent.size !== texts.length) refuse('DISCLOSURE_REPEATED', 'A disclosure was sent twice.');
  return sent;
}

/** Read a disclosure: {name, value}; an element of an array has no name. */
function readDisclosure(encoded) {
  const { value: parts, broken } = readAnyJson(decodeBase64url(encoded));
  const isSound =
    Array.isArray(parts) && [2, 3].includes(parts.length) &&
    parts.slice(0, parts.length - 1).every((part) => typeof part === 'string');
  if (!isSound) refuse('DISCLOSURE_MALFORMED', 'A disclosure is no array of a salt, a name and a value.');
  if (parts.length === 3 && RESERVED.includes(parts[1])) {
    refuse('DISCLOSURE_NAME_RESERVED', 'A disclosure is for a name that no claim may have.');
  }
  // The service tells apart which rules a claim has to keep.
  if (broken.length > 0) throw new Undecided('UNSUPPORTED_HERE', broken[0].message);
  return parts.length === 2 ? { value: parts[1] } : { name: parts[1], value: parts[2] };
}

/** One walk through a payload; what was met on the way is kept here. */
class Processing {
  disclosed = [];
  hidden = [];
  #met = new Set();
  #values = 0;

  constructor(sent) {
    this.waiting = new Map(sent);
  }

  value(value, steps) {
    this.#values += 1;
    if (this.#values > MOST_VALUES) refuse('TOO_MANY_VALUES', 'It has too many values.');
    if (Array.isArray(value)) return this.#array(value, steps);
    return isObject(value) ? this.object(value, steps) : value;
  }

  object(members, steps) {
    requireDepth(steps);
    if (ELEMENT in members || (steps.length > 0 && HASH_ALGORITHM in members)) misused();
    const claims = new Map();
    for (const [name, child] of Object.entries(members)) {
      if (name !== DIGESTS && name !== HASH_ALGORITHM) claims.set(name, this.value(child, [...steps, name]));
    }
    for (const digest of digestsIn(members)) {
      const disclosure = this.#take(digest, steps);
      if (disclosure === undefined) continue;
      const { name, value } = disclosure;
      if (name === undefined) ofOtherKind();
      if (claims.has(name)) refuse('CLAIM_REPEATED', 'A disclosure is for a claim that stands there already.');
      this.disclosed.push([...steps, name]);
      claims.set(name, this.value(value, [...steps, name]));
    }
    return Object.fromEntries(claims);
  }

  #array(elements, steps) {
    requireDepth(steps);
    const kept = [];
    for (const element of elements) {
      const place = [...steps, kept.length];
      if (!isObject(element) || !(ELEMENT in element)) {
        kept.push(this.value(element, place));
        continue;
      }
      if (Object.keys(element).length !== 1 || typeof element[ELEMENT] !== 'string') misused();
      const disclosure = this.#take(element[ELEMENT], steps);
      if (disclosure === undefined) continue;
      if (disclosure.name !== undefined) ofOtherKind();
      this.disclosed.push(place);
      kept.push(this.value(disclosure.value, place));
    }
    return kept;
  }

  /** Find the disclosure of a digest; without one something stays hidden at `steps`. */
  #take(digest, steps) {
    if (this.#met.has(digest)) refuse('DIGEST_REPEATED', 'One digest stands in two places.');
    this.#met.add(digest);
    const found = this.waiting.get(digest);
    if (found === undefined) this.hidden.push(steps);
    this.waiting.delete(digest);
    return found;
  }
}

function digestsIn(members) {
  const digests = DIGESTS in members ? members[DIGESTS] : [];
  if (!Array.isArray(digests) || !digests.every((one) => typeof one === 'string')) misused();
  return digests;
}

function requireDepth(steps) {
  if (steps.length >= MOST_DEPTH) refuse('TOO_DEEP', 'With its disclosures it is too deep.');
}

const misused = () => refuse('DIGESTS_MALFORMED', 'A name that is reserved for digests is used otherwise.');
const ofOtherKind = () => refuse('DISCLOSURE_KIND', 'A disclosure stands where another kind must be.');
