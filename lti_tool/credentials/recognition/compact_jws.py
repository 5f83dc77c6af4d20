"""A compact JWS, strictly read: header, payload, signature, and the algorithm that fits a key."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.recognition.outcomes import FindingError, invalid
from lti_tool.credentials.recognition.presented import read_object
from lti_tool.credentials.recognition.public_keys import PublicKey, is_signed

ALGORITHMS = {
    "RS256": RSAPublicKey,
    "ES256": EllipticCurvePublicKey,
    "EdDSA": Ed25519PublicKey,
}
"""Name of an algorithm -> the kind of its key: neither none nor a shared secret."""
HEADER = {"alg", "kid", "jwk", "typ", "cty", "iat"}
"""What may stand in a header; anything else could ask for what we do not do."""


@dataclass(frozen=True, slots=True)
class JWS:
    """The parts of a JWS. Nothing of it is checked yet but its form and its algorithm."""

    header: dict[str, Any]
    payload: dict[str, Any]
    message: bytes
    signature: bytes

    @property
    def kid(self) -> str:
        """The name of the key; empty when none is named."""
        kid = self.header.get("kid", "")
        if not isinstance(kid, str):
            raise invalid("jwt-malformed")
        return kid

    def check(self, key: PublicKey) -> None:
        """Refuse another key than the one that signed, and a key that does not fit ``alg``."""
        if not isinstance(key, ALGORITHMS[self.header["alg"]]):
            raise invalid("jwt-algorithm")
        if not is_signed(key, self.signature, self.message):
            raise invalid("signature-wrong")


def read_jws(text: str) -> JWS:
    """Return the parts of a compact JWS; ``FindingError`` when it is not well-formed."""
    try:
        header, payload, signature = text.split(".")
        parts = JWS(
            header=read_object(_decoded(header)),
            payload=read_object(_decoded(payload)),
            message=f"{header}.{payload}".encode("ascii"),
            signature=_decoded(signature),
        )
    except (FindingError, ValueError, binascii.Error):
        raise invalid("jwt-malformed") from None
    if parts.header.get("alg") not in ALGORITHMS:
        raise invalid("jwt-algorithm")
    if not set(parts.header) <= HEADER:
        raise invalid("jwt-malformed")
    return parts


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
