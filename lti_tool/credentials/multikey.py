"""Multibase and Multikey: how Data Integrity writes keys and signatures."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.errors import InvalidInputError

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE58 = "z"
ED25519 = b"\xed\x01"
LONGEST = 200
"""Characters of the longest text that is read: signatures have 88, keys 48."""


def multibase(octets: bytes) -> str:
    """Return ``octets`` in base58btc with its prefix ``z``."""
    number, text = int.from_bytes(octets, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    return BASE58 + ALPHABET[0] * zeros + text


def read_multibase(text: str) -> bytes:
    """Return what ``multibase`` wrote; ``InvalidInputError`` for anything else."""
    digits = text[1:]
    if text[:1] != BASE58 or len(text) > LONGEST or not set(digits) <= set(ALPHABET):
        raise InvalidInputError("This is no base58btc text.", code="multibase")
    number = 0
    for digit in digits:
        number = number * 58 + ALPHABET.index(digit)
    zeros = len(digits) - len(digits.lstrip(ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def ed25519_multikey(key: Ed25519PublicKey) -> str:
    """Return a public key as Multikey text (``z6Mk…``)."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return multibase(ED25519 + raw)


def read_ed25519_multikey(text: str) -> Ed25519PublicKey:
    """Return the key of a Multikey text; ``InvalidInputError`` for other kinds of keys."""
    octets = read_multibase(text)
    if octets[:2] != ED25519 or len(octets) != 34:
        raise InvalidInputError("This is no Ed25519 Multikey.", code="multikey")
    return Ed25519PublicKey.from_public_bytes(octets[2:])
