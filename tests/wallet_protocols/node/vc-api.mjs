// A wallet that opens the deep link of a credential, built on the Digital Bazaar libraries.
//
// stdin: {"link": deep link, "mode": "sign-at-once" | "asked" | "bearer", "suite": name, "again": bool}
// stdout: {"did": text, "answer": JSON, "asked": JSON, "status": number}
import {contexts as vcContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import dataIntegrityContext from '@digitalbazaar/data-integrity-context';
import {driver} from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {Ed25519VerificationKey2020} from '@digitalbazaar/ed25519-verification-key-2020';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {httpClient} from '@digitalbazaar/http-client';
import * as vc from '@digitalbazaar/vc';
import {readFileSync} from 'node:fs';

const input = JSON.parse(readFileSync(0, 'utf8'));

// The tool's public name, of which no DNS knows, stands for an address of this machine.
const plainFetch = globalThis.fetch;
globalThis.fetch = (request, options) => {
  const url = request.url ?? String(request);
  const there = input.local + url.slice(input.name.length);
  return plainFetch(request.url ? new Request(there, request) : there, options);
};

const query = new URL(input.link).searchParams;
const known = new Map([
  ...vcContexts, ...dataIntegrityContext.contexts,
  [Ed25519Signature2020.CONTEXT_URL, Ed25519Signature2020.CONTEXT],
]);

async function documentLoader(url) {
  const document = known.get(url);
  if(document === undefined) {
    throw new Error(`unknown context ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

async function makeSuite() {
  const didKey = driver();
  if(input.suite === 'Ed25519Signature2020') {
    const key = await Ed25519VerificationKey2020.generate();
    didKey.use({
      multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519VerificationKey2020.from});
    const {didDocument} = await didKey.fromKeyPair({verificationKeyPair: key});
    const [method] = didDocument.verificationMethod;
    [key.id, key.controller] = [method.id, didDocument.id];
    return {did: didDocument.id, suite: new Ed25519Signature2020({key})};
  }
  const key = await Ed25519Multikey.generate();
  didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
  const {didDocument} = await didKey.fromKeyPair({verificationKeyPair: key});
  [key.id, key.controller] = [didDocument.verificationMethod[0].id, didDocument.id];
  return {did: didDocument.id, suite: new DataIntegrityProof({signer: key.signer(), cryptosuite})};
}

async function post(url, json, headers = {}) {
  try {
    const {data, status} = await httpClient.post(url, {json, headers});
    return {answer: data, status};
  } catch(error) {
    return {answer: error.data, status: error.status};
  }
}

async function sign({challenge, domain, version}) {
  const {did, suite} = await makeSuite();
  const presentation = vc.createPresentation({holder: did, version});
  const signed = await vc.signPresentation(
    {presentation, suite, challenge, domain, documentLoader});
  return {did, signed};
}

async function fetchCredential() {
  const url = query.get('vc_request_url');
  const challenge = query.get('challenge');
  const headers = {Authorization: `Bearer ${challenge}`};
  if(input.mode === 'bearer') {
    return post(url, {}, headers);
  }
  if(input.mode === 'sign-at-once') {
    // As the Learner Credential Wallet does: VC 1.1, the presentation itself is the body.
    const {did, signed} = await sign({challenge, version: 1.0});
    return {did, signed, ...await post(url, signed, headers)};
  }
  const asked = await post(url, {});
  const {verifiablePresentationRequest: wanted} = asked.answer;
  const {did, signed} = await sign(
    {challenge: wanted.challenge, domain: wanted.domain, version: 2.0});
  const {serviceEndpoint} = wanted.interact.service[0];
  return {
    did, signed, asked: asked.answer, ...await post(serviceEndpoint, {verifiablePresentation: signed}),
  };
}

process.stdout.write(JSON.stringify(await fetchCredential()));
