"""Who signs for an issuer: an interface that a KMS can fill, and the keys at hand."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

from lti_tool.errors import ConfigurationError

RSA_BITS = 2048


class Algorithm(StrEnum):
    """What a key of an issuer is for: Data Integrity proofs, or JWTs."""

    ED25519 = "Ed25519"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A key as it is kept: ``handle`` is what its signer finds the private part by.

    ``public_key`` is DER (SubjectPublicKeyInfo). ``key_id`` is short, stable and says nothing.
    """

    key_id: str
    algorithm: str
    public_key: bytes
    handle: bytes = field(repr=False)


class Signer(Protocol):
    """Makes keys and signs with them.

    A KMS returns its own name of the key as ``handle``. For Ed25519 it is given two digests
    (64 bytes) and never sees what is in a credential; for RS256 the signing input of the JWT.
    """

    @property
    def algorithms(self) -> Collection[str]:
        """What it can sign with."""

    def make_key(self, algorithm: str) -> IssuerKey:
        """Make a key pair and return it as it is to be kept."""

    def sign(self, key: IssuerKey, message: bytes) -> bytes:
        """Return the raw signature of ``message``; ``ConfigurationError`` for a foreign key."""


class SealedKeySigner:
    """Signs here: the handle of a key is its private part, sealed by ``cipher``."""

    algorithms = tuple(Algorithm)

    def __init__(self, cipher: Fernet) -> None:
        self._cipher = cipher
        # Opening an RSA key costs more than signing with it.
        self._opened = lru_cache(maxsize=256)(self._open)

    def make_key(self, algorithm: str) -> IssuerKey:
        """Make a key pair and seal its private part."""
        private = (
            Ed25519PrivateKey.generate()
            if algorithm == Algorithm.ED25519
            else generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        )
        text = private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return IssuerKey(secrets.token_hex(8), algorithm, public, self._cipher.encrypt(text))

    def sign(self, key: IssuerKey, message: bytes) -> bytes:
        """Sign with Ed25519, or with RSA and SHA-256 (PKCS #1 v1.5)."""
        private = self._opened(key.handle)
        if isinstance(private, Ed25519PrivateKey):
            return private.sign(message)
        return private.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def _open(self, handle: bytes) -> Ed25519PrivateKey | RSAPrivateKey:
        try:
            text = self._cipher.decrypt(handle)
        except InvalidToken:
            raise ConfigurationError(
                "QUOIN_SECRET_KEY does not open an issuer's key in the database; it must stay "
                "the one with which the key was made ('quoin keys reseal' takes a new one over)."
            ) from None
        private = serialization.load_der_private_key(text, password=None)
        assert isinstance(private, Ed25519PrivateKey | RSAPrivateKey)  # noqa: S101 - ours
        return private


def public_key_of(key: IssuerKey) -> Ed25519PublicKey | RSAPublicKey:
    """Return the public part of a key as an object."""
    public = serialization.load_der_public_key(key.public_key)
    assert isinstance(public, Ed25519PublicKey | RSAPublicKey)  # noqa: S101 - ours
    return public
