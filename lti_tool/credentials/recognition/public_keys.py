"""Public keys as credentials write them: Multikey (multibase) and JWK."""

from __future__ import annotations

import re
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from jwt import PyJWK
from jwt.exceptions import PyJWTError

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
LONGEST_MULTIBASE = 200
ED25519 = b"\xed\x01"
P256 = b"\x80\x24"
SHORTEST_RSA, LONGEST_RSA = 2048, 8192
"""Bits; a longer key would only cost time."""


def decode_multibase(text: object) -> bytes | None:
    """Return the bytes of a base58btc multibase text ("z..."); None when it is none."""
    if not isinstance(text, str) or not 1 < len(text) <= LONGEST_MULTIBASE or text[0] != "z":
        return None
    number = 0
    for letter in text[1:]:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def key_of_multibase(text: object) -> PublicKey | None:
    """Return the Ed25519 or P-256 key of a ``publicKeyMultibase``; None for anything else."""
    content = decode_multibase(text) or b""
    try:
        if content.startswith(ED25519):
            return ed25519.Ed25519PublicKey.from_public_bytes(content[2:])
        if content.startswith(P256):
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), content[2:])
    except ValueError:
        pass
    return None


def key_of_jwk(jwk: object) -> PublicKey | None:
    """Return the Ed25519, P-256 or RSA key of a public JWK; None for anything else."""
    if not isinstance(jwk, dict) or "k" in jwk or "d" in jwk:
        return None
    try:
        return accepted(PyJWK(jwk, algorithm=_algorithm(jwk)).key)
    except (PyJWTError, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        return None


def accepted(key: PublicKeyTypes | Any) -> PublicKey | None:
    """Return the key when it is of a kind and size that is taken."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and SHORTEST_RSA <= key.key_size <= LONGEST_RSA:
        return key
    return None


def is_signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Return whether the signature (raw, as Data Integrity and JWS write it) fits."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(signature), message, ec.ECDSA(hashes.SHA256()))
        else:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _der(signature: bytes) -> bytes:
    if len(signature) != 64:
        raise ValueError
    return utils.encode_dss_signature(
        int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    )


def _algorithm(jwk: dict[str, Any]) -> str:
    known = {"OKP": "EdDSA", "EC": "ES256", "RSA": "RS256"}
    return known[re.sub(r"[^A-Z]", "", str(jwk.get("kty")))]
