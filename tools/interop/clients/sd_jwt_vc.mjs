// @sd-jwt/sd-jwt-vc: SD-JWT VC with ES256, its holder bound by a key.
import {createPublicKey, generateKeyPairSync, sign, verify as check} from 'node:crypto';
import {request, answer, explain} from './conversation.mjs';
import {digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';

const ALGORITHMS = {
  ES256: {hash: 'sha256', ieee: true}, ES384: {hash: 'sha384', ieee: true},
  EdDSA: {hash: null, ieee: false}
};

function verifierOf(jwk, algorithm) {
  const {hash, ieee} = ALGORITHMS[algorithm];
  const key = createPublicKey({key: jwk, format: 'jwk'});
  return (data, signature) => check(
    hash, Buffer.from(data), ieee ? {key, dsaEncoding: 'ieee-p1363'} : key,
    Buffer.from(signature, 'base64url'));
}

function signerOf(key) {
  return data => sign('sha256', Buffer.from(data), {key, dsaEncoding: 'ieee-p1363'})
    .toString('base64url');
}

const common = {hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt};

async function verify({token, jwk, algorithm, holderJwk, holderAlgorithm, nonce}) {
  const instance = new SDJwtVcInstance({
    ...common, signAlg: algorithm, verifier: verifierOf(jwk, algorithm),
    kbVerifier: holderJwk && verifierOf(holderJwk, holderAlgorithm), kbSignAlg: holderAlgorithm
  });
  const {payload} = await instance.verify(token, nonce ? {keyBindingNonce: nonce} : undefined);
  return {accepted: true, detail: '', payload};
}

async function issue({payload, disclosable, nonce, audience, iat}) {
  const issuer = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const holder = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const jwk = issuer.publicKey.export({format: 'jwk'});
  const did = `did:jwk:${Buffer.from(JSON.stringify({
    ...jwk, alg: 'ES256', use: 'sig'
  })).toString('base64url')}`;
  const cnf = {jwk: holder.publicKey.export({format: 'jwk'})};
  const instance = new SDJwtVcInstance({
    ...common, signer: signerOf(issuer.privateKey), signAlg: 'ES256',
    kbSigner: signerOf(holder.privateKey), kbSignAlg: 'ES256'
  });
  const token = await instance.issue(
    {...payload, iss: did, cnf}, {_sd: disclosable}, {header: {kid: `${did}#0`}});
  const frame = Object.fromEntries(disclosable.slice(0, 1).map(name => [name, true]));
  const presented = await instance.present(
    token, frame, {kb: {payload: {iat, aud: audience, nonce}}});
  return {document: token, presented};
}

const tasks = {issue, verify};
tasks[request.task](request).then(answer, error => answer({accepted: false, detail: explain(error)}));
