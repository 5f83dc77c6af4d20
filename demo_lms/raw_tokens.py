"""Signed tokens of any shape, also of those that a library refuses to make."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HASHES = {"RS256": hashes.SHA256(), "RS512": hashes.SHA512()}


def encode(data: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: Any, payload: Any, key: rsa.RSAPrivateKey, alg: str = "RS256") -> str:
    """A token in compact form; header and payload may be JSON texts that no library would write."""
    signed = f"{encode(_json(header))}.{encode(_json(payload))}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), HASHES[alg])
    return f"{signed}.{encode(signature)}"


def hmac_token(header: Any, payload: Any, secret: str) -> str:
    """A token signed by HMAC with a secret that everybody knows: the public key."""
    signed = f"{encode(_json(header))}.{encode(_json(payload))}"
    digest = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{encode(digest)}"


def unsigned_token(header: Any, payload: Any) -> str:
    """A token with an empty signature."""
    return f"{encode(_json(header))}.{encode(_json(payload))}."


def _json(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()
