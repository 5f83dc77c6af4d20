"""Our own signing keys: made, sealed for the database, opened once, published."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lti_tool.errors import ConfigurationError
from lti_tool.lti.sealing import PRIVATE_KEYS, cipher, reseal

BITS = 2048
LOOK_AGAIN = 30.0
"""Seconds after which a key ring reads its keys anew: a rotation is seen within a minute."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A private key as it lies in the database: encrypted with the secret of the config."""

    kid: str
    encrypted_private_key: bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key as a loaded object: signing with text would parse it every time."""

    kid: str
    private_key: rsa.RSAPrivateKey

    def sign(self, claims: dict[str, Any]) -> str:
        """Return ``claims`` as an RS256 JWT that names this key."""
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"kid": self.kid})


def make_key(secret_key: bytes) -> SealedKey:
    """Make an RSA key pair and seal it."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    text = private_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SealedKey(secrets.token_urlsafe(12), _cipher(secret_key).encrypt(text))


def open_key(sealed: SealedKey, secret_key: bytes) -> SigningKey:
    """Open a sealed key; ``ConfigurationError`` when it was sealed with another secret."""
    try:
        text = _cipher(secret_key).decrypt(sealed.encrypted_private_key)
    except InvalidToken:
        raise ConfigurationError(
            "QUOIN_SECRET_KEY does not open the signing key in the database; "
            "it must stay the one with which the key was made."
        ) from None
    private_key = serialization.load_der_private_key(text, password=None)
    assert isinstance(private_key, rsa.RSAPrivateKey)  # noqa: S101 - we made it ourselves
    return SigningKey(sealed.kid, private_key)


def reseal_key(sealed: SealedKey, old_secret: bytes, new_secret: bytes) -> SealedKey:
    """Return the key sealed with ``new_secret``; it may be so already.

    ``ConfigurationError`` when neither secret opens it.
    """
    try:
        fresh = reseal(sealed.encrypted_private_key, PRIVATE_KEYS, old_secret, new_secret)
    except InvalidToken:
        raise ConfigurationError(
            "Neither the old secret nor QUOIN_SECRET_KEY opens the signing key "
            f"'{sealed.kid}'. Name the file of the secret with which it was made."
        ) from None
    return SealedKey(sealed.kid, fresh)


def _cipher(secret_key: bytes) -> Fernet:
    return cipher(secret_key, PRIVATE_KEYS)


class KeyRing:
    """Our keys, the signing one first; opened at first use and kept.

    ``load`` returns them from wherever they are kept, the signing one first, and makes the
    first one. It is asked again after half a minute, so that every process follows a rotation.
    """

    def __init__(
        self,
        load: Callable[[], Sequence[SigningKey]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: tuple[SigningKey, ...] = ()
        self._look_at = 0.0

    def keys(self) -> tuple[SigningKey, ...]:
        """Return every key that platforms may still meet a signature of."""
        if not self._keys or self._monotonic() >= self._look_at:
            self._look()
        return self._keys

    def held(self) -> dict[str, SigningKey]:
        """Return the keys that are open already, by id; nothing is loaded for it."""
        return {key.kid: key for key in self._keys}

    def _look(self) -> None:
        # While one thread looks, the others go on with what they have; only the first must wait.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if not self._keys or self._monotonic() >= self._look_at:
                self._keys = tuple(self._load())
        except Exception:
            # A database that is away for a moment must not stop what works with the keys at hand.
            if not self._keys:
                raise
        finally:
            self._look_at = self._monotonic() + LOOK_AGAIN
            self._lock.release()

    def current(self) -> SigningKey:
        """Return the key that signs."""
        return self.keys()[0]

    def published(self) -> PublishedKeyset:
        """Return the keyset that platforms read."""
        body = json.dumps({"keys": [public_jwk(key) for key in self.keys()]}, sort_keys=True)
        return PublishedKeyset(body, hashlib.sha256(body.encode()).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class PublishedKeyset:
    """The public half of our keys as JSON, and the tag that changes with it."""

    body: str
    etag: str


def public_jwk(key: SigningKey) -> dict[str, str]:
    """Return the public members of a key, and no others."""
    numbers = key.private_key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key.kid,
        "n": _text(numbers.n),
        "e": _text(numbers.e),
    }


def _text(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
