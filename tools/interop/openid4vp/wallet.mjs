// A wallet of parts that others wrote: @openid4vc/openid4vp speaks the protocol, dcql finds what is
// asked for, @digitalbazaar/vc and @sd-jwt/sd-jwt-vc sign what is presented.  One request as JSON on
// standard input, one answer as JSON on standard output.
import {createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify}
  from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {Openid4vpClient} from '@openid4vc/openid4vp';
import {digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {DcqlQuery} from 'dcql';
import jsonld from 'jsonld';

const request = JSON.parse(readFileSync(0, 'utf8'));

function answer(value) {
  writeFileSync(1, JSON.stringify(value));
  process.exit(0);
}

function explain(error) {
  const inner = error?.errors?.[0] ?? error?.cause ?? error;
  return String(error?.errorResponse?.error_description ?? inner?.message ?? inner).slice(0, 300);
}

async function documentLoader(url) {
  const document = request.contexts[url];
  if(document === undefined) {
    throw new Error(`Not at hand: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

// The key of a request's signer: a did:key of the kind Ed25519.
async function keyOf(didUrl) {
  const multikey = didUrl.split('#')[1];
  const key = await Ed25519Multikey.from({
    '@context': 'https://w3id.org/security/multikey/v1', id: didUrl, type: 'Multikey',
    controller: didUrl.split('#')[0], publicKeyMultibase: multikey
  });
  const {publicKey} = await key.export({publicKey: true, raw: true});
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'});
}

async function verifyJwt(signer, {compact}) {
  if(signer.method !== 'did' || signer.alg !== 'EdDSA') {
    return {verified: false};
  }
  const [header, payload, signature] = compact.split('.');
  const verified = verify(
    null, Buffer.from(`${header}.${payload}`), await keyOf(signer.didUrl),
    Buffer.from(signature, 'base64url'));
  return {verified, signerJwk: {kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: ''}};
}

const callbacks = {
  verifyJwt,
  hash: data => createHash('sha256').update(data).digest(),
  signJwt: () => { throw new Error('Nothing is signed as a JWT.'); },
  decryptJwe: () => { throw new Error('Nothing is encrypted.'); },
  encryptJwe: () => { throw new Error('Nothing is encrypted.'); }
};

async function newKeys() {
  const key = await Ed25519Multikey.generate();
  const {publicKeyMultibase} = await key.export({publicKey: true});
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  const pair = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  return {
    proof: {
      did: key.controller,
      secret: await key.export({publicKey: true, secretKey: true, includeContext: true})
    },
    sdJwt: {
      jwk: pair.publicKey.export({format: 'jwk'}),
      secret: pair.privateKey.export({format: 'jwk'})
    }
  };
}

async function asCredential({format, document}) {
  const bound = {cryptographic_holder_binding: true, credential_format: format};
  if(format === 'ldp_vc') {
    const [expanded] = await jsonld.expand(document, {documentLoader});
    return {...bound, type: expanded['@type'], claims: document};
  }
  const claims = JSON.parse(Buffer.from(document.split('.')[1], 'base64url').toString());
  return {...bound, vct: claims.vct, claims};
}

async function presentation({format, document, secret}, nonce, audience) {
  if(format === 'ldp_vc') {
    const key = await Ed25519Multikey.from(secret);
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
    const unsigned = vc.createPresentation({
      verifiableCredential: [document], holder: key.controller, version: 2.0, verify: false
    });
    return vc.signPresentation({
      presentation: unsigned, suite, challenge: nonce, domain: audience, documentLoader
    });
  }
  const key = createPrivateKey({key: secret, format: 'jwk'});
  const instance = new SDJwtVcInstance({
    hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, kbSignAlg: 'ES256',
    kbSigner: data => sign('sha256', Buffer.from(data), {key, dsaEncoding: 'ieee-p1363'})
      .toString('base64url')
  });
  const iat = Math.floor(Date.now() / 1000);
  return instance.present(document, {}, {kb: {payload: {iat, aud: audience, nonce}}});
}

// Resolve the link, find a credential by the query, present it, and send that.
async function present({link, held, nonce}) {
  const client = new Openid4vpClient({callbacks});
  const {params} = client.parseOpenid4vpAuthorizationRequest({authorizationRequest: link});
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: params
  });
  const payload = resolved.authorizationRequestPayload;
  const query = DcqlQuery.parse(payload.dcql_query);
  DcqlQuery.validate(query);
  const credentials = await Promise.all(held.map(asCredential));
  const result = DcqlQuery.query(query, credentials);
  const chosen = Object.entries(result.credential_matches).find(([, match]) => match.success);
  if(!result.can_be_satisfied || chosen === undefined) {
    return {accepted: false, detail: 'The wallet holds nothing of what is asked for.'};
  }
  const [id, match] = chosen;
  const index = match.valid_credentials[0].input_credential_index;
  const shown = await presentation(
    held[index], nonce ?? payload.nonce, resolved.client.effective);
  const {authorizationResponsePayload} = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload, authorizationResponsePayload: {vp_token: {[id]: [shown]}}
  });
  return {...await submit(client, payload, authorizationResponsePayload), sent: {
    payload, authorizationResponsePayload
  }, prefix: resolved.client.prefix, isSigned: resolved.jar !== undefined};
}

async function submit(client, payload, response) {
  const {response: answered} = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload, authorizationResponsePayload: response
  });
  const body = await answered.json();
  if(!answered.ok) {
    return {accepted: false, status: answered.status, detail: `${body.code}: ${body.detail}`};
  }
  const page = await fetch(body.redirect_uri);
  return {accepted: page.ok, status: answered.status, detail: page.ok ? '' : 'No page to go on.'};
}

async function again({sent}) {
  const client = new Openid4vpClient({callbacks});
  return submit(client, sent.payload, sent.authorizationResponsePayload);
}

const tasks = {newKeys, present, again};
tasks[request.task](request).then(answer, error => answer({accepted: false, detail: explain(error)}));
