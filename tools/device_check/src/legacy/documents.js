// Looking up the documents of Open Badges 2.0, each under its own id (verifier/legacy/documents.py).

import { Gone, Refusal, Undecided, isObject } from '../outcomes.js';
import { isDocument, isWebAddress, requireClassOf, requireContext } from './rules.js';
import { only } from './values.js';

const MOST_LOOKUPS = 32;
export const LEGACY_GONE = 'LEGACY_GONE';

/**
 * What one verification has looked up, or why it could not; each address is asked once.
 *
 * What counts is handed out as {document, address, first, firstAddress}: the address is "" if it was not
 * looked up, and `first` stood at the address that was asked for, if that named another id.
 */
export class HostedDocuments {
  #answers = new Map();
  #lookUp;

  constructor(world) {
    this.#lookUp = world.lookUpLegacy;
  }

  /** Look one document up. */
  async fetch(url) {
    if (!isWebAddress(url)) {
      throw new Undecided('LEGACY_NOT_ON_THE_WEB', 'What it depends on has no web address.');
    }
    if (!this.#answers.has(url)) {
      if (this.#answers.size >= MOST_LOOKUPS) {
        throw new Undecided('TOO_MUCH_WORK', 'The badge depends on too many documents.');
      }
      this.#answers.set(url, await this.#answer(url));
    }
    const answer = this.#answers.get(url);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async #answer(url) {
    let document;
    try {
      document = await this.#lookUp(url);
    } catch (error) {
      if (error instanceof Gone) return new Refusal(LEGACY_GONE, error.message);
      if (error instanceof Undecided) return new Undecided('LEGACY_UNREACHABLE', error.message);
      throw error;
    }
    if (isDocument(document)) return document;
    return new Refusal('LEGACY_DOCUMENT_MALFORMED', `What ${url} gives is no document of Open Badges.`);
  }

  /** Look up a document that must name the very address as its id: no other id is followed. */
  async exact(url, classes) {
    const found = { document: await this.fetch(url), address: url };
    if (found.document.id !== url) {
      throw new Refusal('LEGACY_ID_MISMATCH', `What ${url} gives names another id.`);
    }
    requireFound(found, classes);
    return found;
  }

  /**
   * Look up the document that counts for an address.
   *
   * If what stands there names another address as its id, what stands at that one counts, once, and must
   * name it; an id that is no address proves nothing, and the address stands for it.
   */
  async find(url, classes) {
    const first = await this.fetch(url);
    const { id } = first;
    if (id === url || !isWebAddress(id)) return requireFound({ document: first, address: url }, classes);
    const document = await this.fetch(id);
    if (document.id !== id) {
      throw new Refusal('LEGACY_ID_MISMATCH', `${url} refers to ${id}, which says that it is something else.`);
    }
    return requireFound({ document, address: id, first, firstAddress: url }, classes);
  }

  /** Find what a property of `holder` refers to, by id or as an object inside. */
  async refer(value, classes, holder) {
    const referred = only(value);
    if (!isObject(referred)) return this.find(referred, classes);
    if (isWebAddress(referred.id)) return this.find(referred.id, classes);
    requireClassOf(referred, classes);
    return { document: referred, address: holder.address };
  }
}

function requireFound(found, classes) {
  requireContext(found.document);
  requireClassOf(found.document, classes);
  return found;
}
