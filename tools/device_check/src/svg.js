// The credential in an SVG image (Open Badges 3.0 section 5.3.2), read as XML by the library saxes and
// never drawn: nothing of it becomes a part of any page.

import { SaxesParser } from 'saxes';
import { utf8 } from './bytes.js';
import { withoutSpace } from './forms.js';
import { Refusal, Undecided } from './outcomes.js';
import { readJson } from './strict-json.js';

const MOST_MARKUP = 100_000;
const SVG = 'http://www.w3.org/2000/svg';
const LEGACY = 'http://openbadges.org';
const CREDENTIALS = new Map([
  ['https://purl.imsglobal.org/ob/v3p0', 'credential'],
  ['https://purl.imsglobal.org/clr/v2p0', 'credential'],
  [LEGACY, 'assertion'],
]);
const CREDENTIAL_DEPTH = 2;
const DECLARATION = /^\ufeff?[\t-\r ]*<\?xml[ \t\r\n]([^?>]*)\?>/;
const ENCODING = /encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']/;
const ENCODINGS = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const ROOT = /^(?:[A-Za-z_][A-Za-z0-9_.-]*:)?svg$/;

/** Find the one element that is a credential's: {text, isLegacy}. */
export function textInSvg(bytes) {
  const elements = elementsOf(textOf(bytes));
  if (elements.length === 0) throw new Refusal('IMAGE_WITHOUT_CREDENTIAL', 'There is no credential.');
  if (elements.length > 1) throw new Refusal('IMAGE_CREDENTIAL_AMBIGUOUS', 'There are two credentials.');
  const [{ uri, verify, text }] = elements;
  const [attribute, content] = [verify, text].map(withoutSpace);
  const isLegacy = uri === LEGACY;
  if (attribute && content) {
    if (!isLegacy || idIn(content) !== attribute) {
      throw new Refusal('IMAGE_CREDENTIAL_AMBIGUOUS', 'There are two credentials in one element.');
    }
    return { text: content, isLegacy };
  }
  return { text: attribute || content, isLegacy };
}

/** Read the id of a hosted badge of Open Badges 2, whose address stands beside it. */
const idIn = (text) => readJson(new TextEncoder().encode(text)).value.id;

function textOf(bytes) {
  const markup = bytes.reduce((sum, byte) => sum + (byte === 0x3c || byte === 0x3d), 0);
  if (markup > MOST_MARKUP) throw new Refusal('SVG_TOO_ENTANGLED', 'The image has too many tags.');
  const text = utf8(bytes, 'SVG_ENCODING');
  const [, says = ''] = DECLARATION.exec(text) ?? [];
  const encoding = ENCODING.exec(says)?.[1].toLowerCase() ?? 'utf-8';
  if (!ENCODINGS.has(encoding)) throw new Refusal('SVG_ENCODING', 'The image is not UTF-8 text.');
  return text;
}

/** Parse an image; no tree is built, no entity is ever read. */
function elementsOf(text) {
  const found = [];
  const parser = new SaxesParser({ xmlns: true });
  let depth = 0;
  let open;
  let root;
  parser.on('xmldecl', ({ version }) => {
    if (version !== '1.0') throw unread();
  });
  parser.on('processinginstruction', ({ target }) => requirePlainNames([target]));
  parser.on('doctype', (declared) => {
    requirePlainNames([declared]);
    if (/[<>[\]]/.test(declared.replaceAll(/"[^"]*"|'[^']*'/g, ''))) {
      throw new Refusal('SVG_DTD', 'The image declares entities of its own.');
    }
  });
  parser.on('opentag', ({ uri, local, name, attributes }) => {
    requirePlainNames([name, ...Object.keys(attributes)]);
    requireExactNamespaces(attributes);
    depth += 1;
    if (open !== undefined) throw misplaced();
    root ??= uri === SVG && ROOT.test(name);
    if (CREDENTIALS.get(uri) !== local) return;
    if (depth !== CREDENTIAL_DEPTH) throw misplaced();
    open = { uri, verify: attributes.verify?.value ?? '', text: '' };
    found.push(open);
  });
  for (const event of ['text', 'cdata']) {
    parser.on(event, (part) => {
      if (open !== undefined) open.text += part;
    });
  }
  parser.on('closetag', () => {
    depth -= 1;
    open = undefined;
  });
  parser.on('error', () => {
    throw unread();
  });
  parser.write(text).close();
  if (root !== true) throw new Refusal('SVG_MALFORMED', 'This is not an SVG image.');
  return found;
}

/** Editions of XML differ in the letters of names beyond ASCII. */
function requirePlainNames(names) {
  if (names.some((name) => /[^\x00-\x7f]/.test(name))) throw unread();
}

/** The library takes white space away from around the names of namespaces, which makes them others. */
function requireExactNamespaces(attributes) {
  const isOdd = ([name, { value }]) => /^xmlns(?::|$)/.test(name) && value !== value.trim();
  if (Object.entries(attributes).some(isOdd)) throw unread();
}

const misplaced = () => new Refusal('IMAGE_CREDENTIAL_MISPLACED', 'The credential is misplaced.');

/** XML readers differ in what they let pass, so what one refuses is left to the service's. */
const unread = () => new Undecided('UNSUPPORTED_HERE', 'This image cannot be read on this device.');
