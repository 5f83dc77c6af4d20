"""The issuer's identity: a did:web of its own for each institution, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.contexts import DID, MULTIKEY
from lti_tool.credentials.encoding import base64url
from lti_tool.credentials.multikey import ed25519_multikey
from lti_tool.credentials.signers import Algorithm, IssuerKey, public_key_of


@dataclass(frozen=True, slots=True)
class Issuer:
    """An institution as the issuer of credentials; ``public_url`` is the tool's address."""

    public_url: str
    uuid: UUID
    name: str

    @property
    def url(self) -> str:
        """The address below which everything of this issuer is served."""
        return f"{self.public_url}/issuers/{self.uuid}"

    @property
    def did(self) -> str:
        """The did:web whose document is ``did.json`` below ``url``."""
        parts = urlsplit(self.url)
        path = [quote(part, safe="") for part in parts.path.split("/") if part]
        return ":".join(["did:web", quote(parts.netloc, safe=""), *path])

    def verification_method(self, key: IssuerKey) -> str:
        """Return the name of a key in a proof."""
        return f"{self.did}#{key.key_id}"

    def kid(self, key: IssuerKey) -> str:
        """Return the name of a key in a JWT: an address that serves it."""
        return f"{self.url}/keys/{key.key_id}"

    def credential_url(self, award_uuid: UUID | str) -> str:
        """Return the id of the credential of an award: known before it is issued."""
        return f"{self.public_url}/credentials/{award_uuid}"

    def transcript_url(self, award_uuid: UUID | str) -> str:
        """Return the id of the transcript (CLR) of an award."""
        return f"{self.credential_url(award_uuid)}/transcript"

    def status_url(self, list_uuid: UUID) -> str:
        """Return the address of a status list."""
        return f"{self.url}/status/{list_uuid}"

    def endorsement_url(self, uuid: UUID) -> str:
        """Return the address of an endorsement by this issuer."""
        return f"{self.url}/endorsements/{uuid}"

    def rule_url(self, version_uuid: UUID) -> str:
        """Return the address of a published version of a stack."""
        return f"{self.url}/rules/{version_uuid}"

    def achievement_url(self, achievement_uuid: UUID) -> str:
        """Return the address of the public page of an achievement."""
        return f"{self.url}/achievements/{achievement_uuid}"

    def image_url(self, achievement_uuid: UUID, content_hash: str) -> str:
        """Return the address of a picture of an achievement, which never changes."""
        return f"{self.achievement_url(achievement_uuid)}/image?v={content_hash}"


def profile(issuer: Issuer) -> dict[str, Any]:
    """Return the issuer as an Open Badges Profile."""
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url}


def did_document(issuer: Issuer, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """Return did.json: every key that a credential may still be signed with, retired ones too."""
    methods = [
        {
            "id": issuer.verification_method(key),
            "type": "Multikey",
            "controller": issuer.did,
            "publicKeyMultibase": ed25519_multikey(public),
        }
        for key in keys
        if isinstance(public := public_key_of(key), Ed25519PublicKey)
    ]
    return {
        "@context": [DID, MULTIKEY],
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def jwk(issuer: Issuer, key: IssuerKey) -> dict[str, str]:
    """Return the public part of an RS256 key for those who check JWTs."""
    public = public_key_of(key)
    assert isinstance(public, RSAPublicKey)  # noqa: S101 - keyset() asks for no others
    numbers = public.public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": Algorithm.RS256,
        "kid": issuer.kid(key),
        "iss": issuer.did,
        "n": base64url(_octets(numbers.n)),
        "e": base64url(_octets(numbers.e)),
    }


def keyset(issuer: Issuer, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """Return the JWKS of an issuer."""
    return {"keys": [jwk(issuer, key) for key in keys if key.algorithm == Algorithm.RS256]}


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
