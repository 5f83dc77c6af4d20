"""Ciphers made of the one secret of the configuration: each purpose has a key of its own."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def cipher(secret_key: bytes, purpose: bytes) -> Fernet:
    """Return the cipher of a purpose (HKDF, RFC 5869); what one sealed no other one opens."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key)))
