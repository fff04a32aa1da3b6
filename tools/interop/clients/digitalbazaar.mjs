// @digitalbazaar/vc with the suites eddsa-rdfc-2022, ecdsa-rdfc-2019 and ecdsa-sd-2023.
import {request, answer, explain, known} from './conversation.mjs';
import * as vc from '@digitalbazaar/vc';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const VERIFY = {
  'eddsa-rdfc-2022': () => eddsaRdfc2022,
  'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
  'ecdsa-sd-2023': () => ecdsaSd2023.createVerifyCryptosuite()
};

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

async function documentLoader(url) {
  const document = url.startsWith('did:key:') ? didKeyDocument(url) : known(url);
  return {contextUrl: null, documentUrl: url, document};
}

async function newKey(suite) {
  const key = suite === 'eddsa-rdfc-2022' ?
    await Ed25519Multikey.generate() : await EcdsaMultikey.generate({curve: 'P-256'});
  const {publicKeyMultibase} = await key.export({publicKey: true});
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

async function issue({suite: name, credential, mandatoryPointers}) {
  const key = await newKey(name);
  const cryptosuite = name === 'ecdsa-sd-2023' ?
    ecdsaSd2023.createSignCryptosuite({mandatoryPointers}) : VERIFY[name]();
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
  credential.issuer = typeof credential.issuer === 'object' ?
    {...credential.issuer, id: key.controller} : key.controller;
  return {document: await vc.issue({credential, suite, documentLoader})};
}

async function derive({document, selectivePointers}) {
  const cryptosuite = ecdsaSd2023.createDiscloseCryptosuite({selectivePointers});
  const suite = new DataIntegrityProof({cryptosuite});
  return {document: await vc.derive({verifiableCredential: document, suite, documentLoader})};
}

async function verify({suite: name, document}) {
  const suite = new DataIntegrityProof({cryptosuite: VERIFY[name]()});
  const result = await vc.verifyCredential({credential: document, suite, documentLoader});
  const detail = result.verified ? '' : explain(result.error);
  return {accepted: result.verified, detail};
}

const tasks = {issue, derive, verify};
tasks[request.task](request).then(answer, error => answer({accepted: false, detail: explain(error)}));
