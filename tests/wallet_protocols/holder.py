"""A wallet's key, and what it signs, well or badly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lti_tool.credentials.contexts import VC
from lti_tool.credentials.data_integrity import digests
from lti_tool.credentials.multikey import ed25519_multikey, multibase

Document = dict[str, Any]


class Holder:
    """A did:key with its private key."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.name = ed25519_multikey(self.key.public_key())
        self.did = f"did:key:{self.name}"

    def present(self, challenge: str, *, proof: Document | None = None, **changes: Any) -> Document:
        """Return a signed presentation; ``proof`` changes the proof, None takes a member away."""
        document = _with(
            {"@context": [VC], "type": ["VerifiablePresentation"], "holder": self.did}, changes
        )
        options = _with(
            {
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-rdfc-2022",
                "created": "2026-06-30T12:00:00Z",
                "verificationMethod": f"{self.did}#{self.name}",
                "proofPurpose": "authentication",
                "challenge": challenge,
            },
            proof or {},
        )
        signature = self.key.sign(digests(document, options))
        return {**document, "proof": {**options, "proofValue": multibase(signature)}}

    def prove(
        self,
        audience: str,
        nonce: str,
        now: datetime,
        *,
        header: Document | None = None,
        **changes: Any,
    ) -> str:
        """Return a proof of the key as OpenID4VCI has it; None takes a claim away."""
        claims = {"aud": audience, "nonce": nonce, "iat": int(now.timestamp())}
        given = {"typ": "openid4vci-proof+jwt", "kid": f"{self.did}#{self.name}"}
        return jwt.encode(_with(claims, changes), self.key, "EdDSA", _with(given, header or {}))


def _with(document: Document, changes: Document) -> Document:
    changed = {**document, **changes}
    return {name: value for name, value in changed.items() if value is not None}
