// jsonld.js and rdf-canonize in safe mode, as the suite eddsa-rdfc-2022 of @digitalbazaar uses them.
// The first line of standard input has all contexts; each further line is a JSON array of documents
// and is answered by a line with an array: canonical N-Quads, or {"refused": why},
// or {"beyondLimit": canonical N-Quads}.
import * as rdfCanonize from 'rdf-canonize';
import ContextResolver from 'jsonld/lib/ContextResolver.js';
import jsonld from 'jsonld';
import {createInterface} from 'node:readline';

let contexts;
const documentLoader = async url => {
  if(!Object.hasOwn(contexts, url)) {
    throw new Error(`Not at hand: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url], tag: 'static'};
};

// Processed contexts are kept from one document to the next.  With them jsonld.js keeps what it
// found wrong in a document's own context, and refuses innocent documents for it later: whatever is
// refused is therefore tried again with nothing kept.
async function canonicalize(document) {
  const answer = await attempt(document, {});
  return answer.refused === undefined ?
    answer : attempt(document, {contextResolver: new ContextResolver({sharedCache: new Map()})});
}

async function attempt(document, further) {
  const options = {algorithm: 'RDFC-1.0', base: null, safe: true, documentLoader, ...further};
  try {
    const dataset = await jsonld.toRDF(document, {
      ...options, rdfDirection: 'i18n-datatype', produceGeneralizedRdf: false
    });
    return await canonicalText(dataset, {...options, format: 'application/n-quads'});
  } catch(error) {
    const why = error?.details?.event?.code ?? error?.details?.code ?? error?.message ?? error;
    return {refused: String(why).slice(0, 200)};
  }
}

// What takes more work than the peer allows by default is canonicalized all the same, and marked.
async function canonicalText(dataset, options) {
  try {
    return await rdfCanonize.canonize(dataset, options);
  } catch(error) {
    if(!/^Maximum deep iterations/.test(error?.message)) {
      throw error;
    }
    return {beyondLimit: await rdfCanonize.canonize(dataset, {...options, maxWorkFactor: 3})};
  }
}

for await (const line of createInterface({input: process.stdin})) {
  const given = JSON.parse(line);
  if(contexts === undefined) {
    contexts = given;
    continue;
  }
  const answers = [];
  for(const document of given) {
    answers.push(await canonicalize(document));
  }
  process.stdout.write(JSON.stringify(answers) + '\n');
}
