// What the JavaScript peers need: keys, suites and documents, all at hand and nothing fetched.
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as digitalbazaar from '@digitalbazaar/vc';
import * as digitalcredentials from '@digitalcredentials/vc';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {checkStatus as checkBitstringStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const CREATED = '2026-01-15T09:00:00Z';

function didKeyDocument(url) {
  const did = url.split('#')[0];
  const method = {
    '@context': MULTIKEY, id: `${did}#${did.slice(8)}`, type: 'Multikey',
    controller: did, publicKeyMultibase: did.slice(8)
  };
  return url.includes('#') ? method : {
    '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY], id: did,
    verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id]
  };
}

// Contexts are marked as never changing, so that jsonld.js keeps what it made of them.
export function loaderFor({contexts, lists}) {
  return async url => {
    const document = url.startsWith('did:key:') ?
      didKeyDocument(url) : contexts[url] ?? lists[url];
    if(document === undefined) {
      throw new Error(`Not at hand: ${url}`);
    }
    const tag = url in contexts ? {tag: 'static'} : {};
    return {contextUrl: null, documentUrl: url, document, ...tag};
  };
}

export async function peersFor(path) {
  const workload = JSON.parse(readFileSync(path, 'utf8'));
  const edwards = await Ed25519Multikey.generate({seed: Buffer.from(workload.seed, 'hex')});
  const nist = await EcdsaMultikey.generate({curve: 'P-256'});
  for(const key of [edwards, nist]) {
    const {publicKeyMultibase} = await key.export({publicKey: true});
    key.controller = `did:key:${publicKeyMultibase}`;
    key.id = `${key.controller}#${publicKeyMultibase}`;
  }
  const documentLoader = loaderFor(workload);
  const now = new Date(workload.now);
  const signing = {
    'eddsa-rdfc-2022': () => [edwards, eddsaRdfc2022],
    'eddsa-jcs-2022': () => [edwards, eddsaJcs2022.createSignCryptosuite()],
    'ecdsa-rdfc-2019': () => [nist, ecdsaRdfc2019],
    'ecdsa-sd-2023': () => [nist, ecdsaSd2023.createSignCryptosuite({
      mandatoryPointers: workload.mandatory
    })]
  };
  const verifying = {
    'eddsa-rdfc-2022': () => eddsaRdfc2022,
    'eddsa-jcs-2022': () => eddsaJcs2022.createVerifyCryptosuite(),
    'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
    'ecdsa-sd-2023': () => ecdsaSd2023.createVerifyCryptosuite()
  };
  const libraries = {digitalbazaar, digitalcredentials};

  async function issue(library, name, text) {
    const [key, cryptosuite] = signing[name]();
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: CREATED});
    const credential = JSON.parse(text);
    credential.issuer.id = key.controller;
    return JSON.stringify(await libraries[library].issue({credential, suite, documentLoader, now}));
  }

  // "all": the status list is verified and looked up; "signature": its entry is waved through.
  async function verify(library, name, text, checks = 'all') {
    const suite = [
      new DataIntegrityProof({cryptosuite: verifying[name]()}),
      ...(name === 'eddsa-rdfc-2022' ?
        [] : [new DataIntegrityProof({cryptosuite: eddsaRdfc2022})]),
      ...(name === 'ecdsa-rdfc-2019' ?
        [] : [new DataIntegrityProof({cryptosuite: ecdsaRdfc2019})])
    ];
    const checkStatus = checks === 'all' ?
      options => checkBitstringStatus({...options, suite, documentLoader}) :
      async () => ({verified: true});
    const result = await libraries[library].verifyCredential({
      credential: JSON.parse(text), suite, documentLoader, now, checkStatus
    });
    if(!result.verified) {
      throw result.error?.errors?.[0] ?? result.error ?? new Error('not verified');
    }
    return JSON.stringify(result.verified);
  }

  async function derive(text) {
    const cryptosuite = ecdsaSd2023.createDiscloseCryptosuite({
      selectivePointers: workload.disclosed
    });
    const suite = new DataIntegrityProof({cryptosuite});
    const verifiableCredential = JSON.parse(text);
    return JSON.stringify(
      await digitalbazaar.derive({verifiableCredential, suite, documentLoader}));
  }

  return {workload, documentLoader, issue, verify, derive};
}
