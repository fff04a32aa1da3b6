// Extensions of Open Badges 2.0 whose rules are known (credentials/legacy/extensions.py).

import { Refusal, asList, isObject } from '../outcomes.js';
import { isUrl } from '../urls.js';
import { typesIn } from './values.js';

const PREFIXES = ['extensions:', 'obi:extensions/#', 'https://w3id.org/openbadges/extensions#'];
const APPLY_LINK = ['url', 'applyLink', 'extensions:applyLink', `${PREFIXES.at(-1)}applyLink`];
/** Published extensions: the spellings of their one property. */
const KNOWN = new Map([
  ['ExampleExtension', ['exampleProperty', 'http://schema.org/text']],
  ['ApplyLink', APPLY_LINK],
  ['ApplyLinkExtension', APPLY_LINK],
]);

/** Refuse an object with an extension that is not as it must be; unknown ones are not judged. */
export function requireExtensions(document) {
  for (const [name, value] of Object.entries(document)) {
    if (!name.includes(':')) continue;
    for (const extension of asList(value)) {
      if (isObject(extension) && typesIn(extension).includes('Extension')) requireExtension(extension);
    }
  }
}

function requireExtension(extension) {
  const malformed = (message) => {
    throw new Refusal('LEGACY_EXTENSION_MALFORMED', message);
  };
  const names = typesIn(extension).filter((name) => name !== 'Extension').map(localName);
  for (const name of names) {
    const spellings = KNOWN.get(name);
    if (spellings === undefined) continue;
    const spelling = spellings.find((one) => Object.hasOwn(extension, one));
    const value = spelling === undefined ? null : extension[spelling];
    const isOfKind = spellings[0] === 'url' ? isUrl(value) : typeof value === 'string';
    if (!isOfKind) malformed(`The extension must have another ${spellings[0]}.`);
  }
  if (names.length === 0) malformed('The extension does not say which one it is.');
}

const localName = (name) =>
  PREFIXES.reduce((left, prefix) => (left.startsWith(prefix) ? left.slice(prefix.length) : left), name);
