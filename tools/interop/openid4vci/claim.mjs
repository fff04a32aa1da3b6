// Wallet libraries that others wrote take up an offer of ours; one request on standard input, one
// answer on standard output.  Their keys are made here and thrown away.
import {createHash, randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {OID4Client, getCredentialOffer} from '@digitalbazaar/oid4-client';
import {Openid4vciClient} from '@openid4vc/openid4vci';
import {clientAuthenticationAnonymous, clientAuthenticationNone} from '@openid4vc/oauth2';
import {OpenID4VCIClient as SphereonClient} from '@sphereon/oid4vci-client';
import {SignJWT, exportJWK, generateKeyPair} from 'jose';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes) {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return text;
}

/** Make an Ed25519 key and its did:key. */
async function newKey() {
  const pair = await generateKeyPair('EdDSA', {crv: 'Ed25519', extractable: true});
  const jwk = await exportJWK(pair.publicKey);
  const multikey = `z${base58([0xed, 0x01, ...Buffer.from(jwk.x, 'base64url')])}`;
  const did = `did:key:${multikey}`;
  return {...pair, jwk, did, kid: `${did}#${multikey}`};
}

const claims = {
  '@openid4vc/openid4vci': async (asked, key) => {
    const client = new Openid4vciClient({callbacks: callbacks(asked, key)});
    const credentialOffer = await client.resolveCredentialOffer(asked.link);
    const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
    const granted = asked.client
      ? await byAuthorization(client, asked, credentialOffer, issuerMetadata)
      : await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
          credentialOffer, issuerMetadata, txCode: asked.pin});
    const accessToken = granted.accessTokenResponse.access_token;
    const {c_nonce: nonce} = await client.requestNonce({issuerMetadata});
    const credentialConfigurationId = credentialOffer.credential_configuration_ids[0];
    const {jwt} = await client.createCredentialRequestJwtProof({
      issuerMetadata, credentialConfigurationId, nonce, clientId: asked.client?.id,
      signer: {method: 'did', didUrl: key.kid, alg: 'EdDSA'}});
    const {credentialResponse} = await client.retrieveCredentials({
      issuerMetadata, accessToken, credentialConfigurationId, proofs: {jwt: [jwt]}});
    await client.sendNotification({issuerMetadata, accessToken, notification: {
      notificationId: credentialResponse.notification_id, event: 'credential_accepted'}});
    return credentialResponse.credentials[0].credential;
  },
  '@digitalbazaar/oid4-client': async (asked, key) => {
    const offer = await getCredentialOffer({url: asked.link});
    const client = await OID4Client.fromCredentialOffer({offer});
    const {nonce} = await client.getNonce();
    const signer = {id: key.kid, algorithm: 'Ed25519', sign: async ({data}) => {
      const {sign} = await import('node:crypto');
      return new Uint8Array(sign(null, data, await nodeKey(key)));
    }};
    const answer = await client.requestCredentials({did: key.did, didProofSigner: signer, nonce});
    return answer.credential;
  },
  '@sphereon/oid4vci-client': async (asked, key) => {
    const client = await SphereonClient.fromURI({
      uri: asked.link, kid: key.kid, alg: 'EdDSA', clientId: key.did});
    await client.acquireAccessToken({pin: asked.pin});
    const answer = await client.acquireCredentials({
      credentialIdentifier: undefined,
      credentialTypes: ['VerifiableCredential', 'OpenBadgeCredential'],
      format: 'ldp_vc',
      proofCallbacks: {signCallback: async ({header, payload}) => {
        const claims = {...payload, nonce: payload.nonce ?? await freshNonce(client)};
        delete claims.iss;
        return new SignJWT(claims).setProtectedHeader({
          typ: 'openid4vci-proof+jwt', alg: 'EdDSA', kid: key.kid}).sign(key.privateKey);
      }},
    });
    return answer.credential ?? answer.credentials[0].credential;
  },
};

async function freshNonce(client) {
  const at = client.endpointMetadata.credentialIssuerMetadata.nonce_endpoint;
  const answer = await fetch(at, {method: 'POST'});
  return (await answer.json()).c_nonce;
}

async function nodeKey(key) {
  const {createPrivateKey} = await import('node:crypto');
  return createPrivateKey({key: await exportJWK(key.privateKey), format: 'jwk'});
}

/** Be let in by the person in front of the page, who presses its button. */
async function byAuthorization(client, asked, credentialOffer, issuerMetadata) {
  const begun = await client.initiateAuthorization({
    credentialOffer, issuerMetadata, clientId: asked.client.id,
    redirectUri: asked.client.redirectUri, scope: credentialOffer.credential_configuration_ids[0]});
  const pressed = await fetch(begun.authorizationRequestUrl, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({answer: 'allow'})});
  const url = pressed.headers.get('location');
  const authorizationServerMetadata = issuerMetadata.authorizationServers[0];
  const told = client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url, authorizationServerMetadata});
  return client.retrieveAuthorizationCodeAccessTokenFromOffer({
    credentialOffer, issuerMetadata, authorizationCode: told.code,
    pkceCodeVerifier: begun.pkce.codeVerifier, redirectUri: asked.client.redirectUri});
}

function callbacks(asked, key) {
  return {
    hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    generateRandom: length => randomBytes(length),
    clientAuthentication: asked.client
      ? clientAuthenticationNone({clientId: asked.client.id}) : clientAuthenticationAnonymous(),
    signJwt: async (_signer, {header, payload}) => ({
      jwt: await new SignJWT(payload).setProtectedHeader(header).sign(key.privateKey),
      signerJwk: key.jwk}),
    fetch: (url, options) => fetch(url, options),
  };
}

const asked = JSON.parse(readFileSync(0, 'utf8'));
const key = await newKey();
console.log = console.info = console.warn = console.debug = () => {};
let answer;
try {
  answer = {credential: await claims[asked.wallet](asked, key), holder: key.did};
} catch (error) {
  const causes = [];
  for (let one = error; one; one = one.cause) causes.push(one.message);
  answer = {refused: causes.join(': ').slice(0, 600), detail: String(error.stack).slice(0, 800)};
}
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
