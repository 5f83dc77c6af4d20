// A wallet that takes an OpenID offer, built on @openid4vc/openid4vci (OpenWallet Foundation).
//
// stdin: {"link": openid-credential-offer://…, "pin": text, "configuration": id, "key": "kid" | "jwk",
//         "algorithm": "EdDSA" | "ES256", "draft": bool}
// stdout: {"version": text, "answer": JSON, "error": text}
import {clientAuthenticationAnonymous, HashAlgorithm} from '@openid4vc/oauth2';
import {Openid4vciClient} from '@openid4vc/openid4vci';
import {base64url, exportJWK, generateKeyPair, SignJWT} from 'jose';
import {createHash, randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';

const input = JSON.parse(readFileSync(0, 'utf8'));

// The tool's public name, of which no DNS knows, stands for an address of this machine.
const plainFetch = globalThis.fetch;
globalThis.fetch = (request, options) => {
  const url = request.url ?? String(request);
  const there = input.local + url.slice(input.name.length);
  return plainFetch(request.url ? new Request(there, request) : there, options);
};

const {privateKey, publicKey} = await generateKeyPair(
  input.algorithm, input.algorithm === 'EdDSA' ? {crv: 'Ed25519'} : {});
const jwk = await exportJWK(publicKey);

const callbacks = {
  fetch,
  hash: (data, name) =>
    createHash(name === HashAlgorithm.Sha256 ? 'sha256' : name).update(data).digest(),
  generateRandom: length => randomBytes(length),
  clientAuthentication: clientAuthenticationAnonymous(),
  verifyJwt: () => {
    throw new Error('nothing is to be verified');
  },
  signJwt: async (signer, {header, payload}) => ({
    jwt: await new SignJWT(payload).setProtectedHeader(header).sign(privateKey),
    signerJwk: jwk,
  }),
};

function signer() {
  if(input.key === 'jwk') {
    return {method: 'jwk', publicJwk: jwk, alg: input.algorithm};
  }
  const did = `did:jwk:${base64url.encode(JSON.stringify(jwk))}`;
  return {method: 'did', didUrl: `${did}#0`, alg: input.algorithm};
}

async function nonceOf(client, issuerMetadata) {
  const {c_nonce: nonce} = await client.requestNonce({issuerMetadata});
  return nonce;
}

async function fetchCredential() {
  const client = new Openid4vciClient({callbacks});
  const credentialOffer = await client.resolveCredentialOffer(input.link);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  if(input.draft) {
    issuerMetadata.originalDraftVersion = 'Draft14';
  }
  const {accessTokenResponse} = await client.retrievePreAuthorizedCodeAccessTokenFromOffer(
    {credentialOffer, issuerMetadata, txCode: input.pin});
  const nonce = input.draft ? accessTokenResponse.c_nonce : await nonceOf(client, issuerMetadata);
  const {jwt} = await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId: input.configuration, nonce, signer: signer()});
  const {credentialResponse} = await client.retrieveCredentials({
    issuerMetadata, accessToken: accessTokenResponse.access_token,
    credentialConfigurationId: input.configuration,
    ...(input.draft ? {proof: {proof_type: 'jwt', jwt}} : {proofs: {jwt: [jwt]}}),
  });
  return {version: issuerMetadata.originalDraftVersion, answer: credentialResponse};
}

let told;
try {
  told = await fetchCredential();
} catch(error) {
  told = {error: `${error.message} ${JSON.stringify(error.errorResponse ?? error.cause?.message ?? '')}`};
}
process.stdout.write(JSON.stringify(told));
