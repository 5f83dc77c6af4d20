"""Ciphers made of the one secret of the configuration: each purpose has a key of its own."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PRIVATE_KEYS = b"quoin: private keys at rest"
ISSUER_KEYS = b"quoin: issuer keys at rest"
API_SECRETS = b"quoin: api secrets at rest"
PROVIDER_SECRETS = b"quoin: sign-in secrets at rest"
SOURCE_TOKENS = b"quoin: tokens of evidence sources at rest"


def cipher(secret_key: bytes, purpose: bytes) -> Fernet:
    """Return the cipher of a purpose (HKDF, RFC 5869); what one sealed no other one opens."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key)))


def reseal(sealed: bytes, purpose: bytes, old_secret: bytes, new_secret: bytes) -> bytes:
    """Return what ``old_secret`` sealed, sealed with ``new_secret``; it may be so already.

    ``InvalidToken`` when neither secret opens it.
    """
    try:
        cipher(new_secret, purpose).decrypt(sealed)
    except InvalidToken:
        opened = cipher(old_secret, purpose).decrypt(sealed)
        return cipher(new_secret, purpose).encrypt(opened)
    return sealed
