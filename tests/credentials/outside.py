"""Issuers elsewhere, with signing code of their own: nothing here is shared with the tool."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyld import jsonld

from lti_tool.credentials.recognition.documents import Fetched

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB301 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ED2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
SUBJECT = "urn:uuid:5a2d6c36-9c7b-4b0e-9a4f-6d2f0f9c9a11"
HOST = "credentials.uni.example"
DID = f"did:web:{HOST}"
LIST = f"https://{HOST}/status/1"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_BADGES = "openbadgeslib/ob3/contexts/"
_PYLD = "pyld/documentloader/frozen/bundled/"
_FILES = {
    V2: ("PyLD", f"{_PYLD}credentials-v2.jsonld"),
    V1: ("PyLD", f"{_PYLD}credentials-v1.jsonld"),
    ED2020: ("PyLD", f"{_PYLD}security-ed25519-2020-v1.jsonld"),
    OB: ("openbadgeslib", f"{_BADGES}ob-v3p0-context-3.0.3.json"),
    OB301: ("openbadgeslib", f"{_BADGES}ob-v3p0-context-3.0.1.json"),
    CLR: ("openbadgeslib", f"{_BADGES}clr_context_2.0.1.json"),
}
_CONTEXTS = {
    url: json.loads(Path(str(distribution(package).locate_file(path))).read_bytes())
    for url, (package, path) in _FILES.items()
}

Document = dict[str, Any]


def multibase(octets: bytes) -> str:
    """Return base58btc with its letter before it."""
    number, text = int.from_bytes(octets), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "z" + "1" * (len(octets) - len(octets.lstrip(b"\0"))) + text


def base64url(octets: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Key:
    """A key pair: Ed25519, P-256 or RSA."""

    def __init__(self, kind: str = "EdDSA") -> None:
        self.alg = kind
        self.private: Any = {
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "RS256": lambda: rsa.generate_private_key(65537, 2048),
        }[kind]()

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature."""
        if self.alg == "EdDSA":
            return bytes(self.private.sign(message))
        if self.alg == "RS256":
            return bytes(self.private.sign(message, padding.PKCS1v15(), hashes.SHA256()))
        pair = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(32) for number in pair)

    @property
    def multikey(self) -> str:
        """The public key as a Multikey."""
        public = self.private.public_key()
        if self.alg == "EdDSA":
            return multibase(b"\xed\x01" + public.public_bytes(Encoding.Raw, PublicFormat.Raw))
        point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return multibase(b"\x80\x24" + point)

    @property
    def jwk(self) -> Document:
        """The public key as a JWK."""
        public = self.private.public_key()
        if self.alg == "EdDSA":
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}
        numbers = public.public_numbers()
        if self.alg == "ES256":
            point = {name: base64url(getattr(numbers, name).to_bytes(32)) for name in "xy"}
            return {"kty": "EC", "crv": "P-256", **point}
        return {
            "kty": "RSA",
            "n": base64url(numbers.n.to_bytes(256)),
            "e": base64url(numbers.e.to_bytes(3)),
        }

    @property
    def pem(self) -> str:
        """The public key as PEM."""
        public = self.private.public_key()
        return str(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


class Web:
    """The documents that stand at addresses, and a list of what was asked for."""

    def __init__(self) -> None:
        self.documents: dict[str, Fetched] = {}
        self.asked: list[str] = []

    def put(self, url: str, content: Any, status: int = 200) -> None:
        """Let a document stand at an address."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.documents[url] = Fetched(status, body)

    def fetch(self, url: str) -> Fetched:
        """Bring a document as the tool's own client would."""
        self.asked.append(url)
        return self.documents.get(url, Fetched(0))


class Issuer:
    """Somebody who issues credentials under a did:web, with one key of each kind."""

    def __init__(self, web: Web, did: str = DID, name: str = "University of Example") -> None:
        self.web, self.did, self.name = web, did, name
        self.keys = {alg: Key(alg) for alg in ("EdDSA", "ES256", "RS256")}
        host, *path = did.removeprefix("did:web:").split(":")
        self.base = f"https://{host}"
        self.document = f"{self.base}/{'/'.join(path) or '.well-known'}/did.json"
        self.publish()

    def key_id(self, alg: str = "EdDSA") -> str:
        """Return the full name of a key."""
        return f"{self.did}#{alg.lower()}"

    def publish(self) -> None:
        """Let the DID document stand at its address."""
        methods = [
            {"id": self.key_id(alg), "type": "Multikey", "controller": self.did, **self._key(alg)}
            for alg in self.keys
        ]
        ids = [method["id"] for method in methods]
        self.web.put(
            self.document,
            {"id": self.did, "verificationMethod": methods, "assertionMethod": ids},
        )

    def _key(self, alg: str) -> Document:
        key = self.keys[alg]
        return {"publicKeyJwk": key.jwk} if alg == "RS256" else {"publicKeyMultibase": key.multikey}

    def credential(self, **changes: Any) -> Document:
        """Return an unsigned AchievementCredential; ``changes`` replaces members of it."""
        achievement = {
            "id": f"{self.base}/achievements/sql",
            "type": ["Achievement"],
            "name": "SQL foundations",
            "description": "Asks a database.",
            "criteria": {"narrative": "Three graded tasks."},
            "achievementType": "MicroCredential",
        }
        found: Document = {
            "@context": [V2, OB],
            "id": f"{self.base}/credentials/1",
            "type": ["VerifiableCredential", "AchievementCredential"],
            "name": "SQL foundations",
            "issuer": {"id": self.did, "type": ["Profile"], "name": self.name},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": SUBJECT,
                "type": ["AchievementSubject"],
                "achievement": achievement,
            },
        }
        found |= changes
        return {key: value for key, value in found.items() if value is not None}

    def sign(self, document: Document, *, alg: str = "EdDSA", **options: Any) -> Document:
        """Return the document with a Data Integrity proof; ``options`` changes the proof."""
        suite = "eddsa-rdfc-2022" if alg == "EdDSA" else "ecdsa-rdfc-2019"
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite,
            "created": "2026-01-01T00:00:00Z",
            "verificationMethod": self.key_id(alg),
            "proofPurpose": "assertionMethod",
        } | options
        proof = {key: value for key, value in proof.items() if value is not None}
        return add_proof(document, proof, self.keys[alg])

    def jwt(
        self,
        document: Document,
        *,
        alg: str = "RS256",
        header: Document | None = None,
        **claims: Any,
    ) -> str:
        """Return the document as VC-JWT; ``claims`` changes the claims, None takes one away."""
        payload = {**document, "iss": self.did, "jti": document["id"], "sub": SUBJECT}
        for claim, name in (("nbf", "validFrom"), ("exp", "validUntil")):
            if name in document:
                payload[claim] = int(datetime.fromisoformat(document[name]).timestamp())
        payload |= claims
        payload = {key: value for key, value in payload.items() if value is not None}
        head = {"alg": alg, "kid": self.key_id(alg), "typ": "JWT"} if header is None else header
        return jws(head, payload, self.keys[alg].sign)

    def status_list(self, *revoked: int, purpose: str = "revocation", **changes: Any) -> Document:
        """Return a signed status list with these bits set; ``changes`` is for its subject."""
        bits = bytearray(16 * 1024)
        for index in revoked:
            bits[index // 8] |= 128 >> index % 8
        subject = {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode_bits(bytes(bits)),
        } | changes
        return self.sign(
            {
                "@context": [V2],
                "id": LIST,
                "type": ["VerifiableCredential", "BitstringStatusListCredential"],
                "issuer": self.did,
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": subject,
            }
        )

    def with_status(self, index: str = "7", purpose: str = "revocation") -> Document:
        """Return a signed credential with an entry in the list at LIST."""
        entry = {
            "id": f"{LIST}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": index,
            "statusListCredential": LIST,
        }
        return self.sign(self.credential(credentialStatus=[entry]))

    def transcript(self, members: list[Any], **subject: Any) -> Document:
        """Return a signed ClrCredential of these members."""
        return self.sign(
            {
                "@context": [V2, CLR, OB],
                "id": f"{self.base}/transcripts/1",
                "type": ["VerifiableCredential", "ClrCredential"],
                "name": "Transcript",
                "issuer": {"id": self.did, "type": ["Profile"], "name": self.name},
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": {
                    "id": SUBJECT,
                    "type": ["ClrSubject"],
                    "verifiableCredential": members,
                    **subject,
                },
            }
        )

    def member(self, number: int, **subject: Any) -> Document:
        """Return a signed credential with ids of its own."""
        found = copy.deepcopy(self.credential(id=f"{self.base}/credentials/{number}"))
        found["credentialSubject"]["achievement"]["id"] = f"{self.base}/achievements/{number}"
        found["credentialSubject"] |= subject
        return self.sign(found)


def encode_bits(bits: bytes) -> str:
    """Return an ``encodedList``."""
    return "u" + base64url(gzip.compress(bits, mtime=0))


def add_proof(document: Document, proof: Document, key: Key) -> Document:
    """Return the document with this proof, signed whatever it says."""
    options = {"@context": document["@context"], **proof}
    digest = _digest(options) + _digest(document)
    signature = key.sign(digest)
    return {**document, "proof": [{**proof, "proofValue": multibase(signature)}]}


def jws(header: Document, payload: Document, sign: Any) -> str:
    """Return a compact JWS."""
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{base64url(sign(text.encode()))}"


def raw(document: Any) -> bytes:
    """Return a document as somebody hands it in."""
    if isinstance(document, str):
        return document.encode()
    return json.dumps(document, ensure_ascii=False).encode()


def identity(text: str, *, algorithm: str = "sha256", salt: str | None = None) -> Document:
    """Return a hashed e-mail identifier."""
    digest = hashlib.new(algorithm, (text + (salt or "")).encode()).hexdigest()
    found = {
        "type": "IdentityObject",
        "identityType": "emailAddress",
        "hashed": True,
        "identityHash": f"{algorithm}${digest}",
    }
    return found if salt is None else {**found, "salt": salt}


def hosted(web: Web, url: str = "https://badges.example/assertions/1") -> Document:
    """Let a hosted Open Badges 2.0 assertion stand at its address and return it."""
    context, base = "https://w3id.org/openbadges/v2", "https://badges.example"
    profile = {
        "@context": context,
        "id": f"{base}/issuer",
        "type": "Issuer",
        "name": "Badge House",
    }
    badge = {
        "@context": context,
        "id": f"{base}/badges/1",
        "type": "BadgeClass",
        "name": "Old but good",
        "description": "From before.",
        "issuer": f"{base}/issuer",
    }
    assertion = {
        "@context": context,
        "id": url,
        "type": "Assertion",
        "badge": f"{base}/badges/1",
        "issuedOn": "2024-01-01T00:00:00Z",
        "verification": {"type": "HostedBadge"},
        "recipient": {"type": "email", "hashed": False, "identity": "ada@uni.example"},
    }
    for document in (profile, badge, assertion):
        web.put(str(document["id"]), document)
    return assertion


def _load(url: str, _: object) -> Document:
    return {"contextUrl": None, "documentUrl": url, "document": _CONTEXTS[url]}


def _digest(document: Document) -> bytes:
    """Hash the canonical form; a careless signer, as undefined words fall out of it."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": _load,
    }
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()
