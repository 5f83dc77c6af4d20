"""Secrets that wallets and learners bring: random, short-lived, kept as hashes alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from lti_tool.credentials.encoding import base64url

SECRET_OCTETS = 32
PIN_DIGITS = 6
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for another one."""

PAIRING_LETTERS = 10
NONCE_LIFE = timedelta(minutes=5)
PIN_PURPOSE = b"quoin wallet transaction code:"
NONCE_PURPOSE = b"quoin wallet nonce:"


def new_secret() -> str:
    """Return a secret of 256 random bits for an address or a header."""
    return secrets.token_urlsafe(SECRET_OCTETS)


def hash_secret(secret: str) -> str:
    """Return what the database keeps of a secret (SHA-256): enough for 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_pin() -> str:
    """Return a transaction code of six digits, for a person to type."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def hash_pin(secret_key: bytes, secret: str, pin: str) -> str:
    """Return what the database keeps of a transaction code.

    A million codes are tried in a second, so that a bare hash would hide nothing: this one
    takes the tool's key, and the offer that the code belongs to.
    """
    text = f"{hash_secret(secret)}:{pin}".encode("utf-8", "surrogatepass")
    return hmac.new(secret_key, PIN_PURPOSE + text, hashlib.sha256).hexdigest()


def new_pairing_code() -> str:
    """Return a code for a person to type elsewhere, as ``ABCDE-FGH23``: 49 random bits."""
    code = "".join(secrets.choice(LETTERS) for _ in range(PAIRING_LETTERS))
    return f"{code[:5]}-{code[5:]}"


def hash_pairing_code(secret_key: bytes, text: str) -> str:
    """Return what the database keeps of a pairing code, typed in whatever case and spacing."""
    code = "".join(letter for letter in text.upper() if letter in LETTERS)
    return hmac.new(secret_key, b"quoin pairing code:" + code.encode(), hashlib.sha256).hexdigest()


def new_nonce(secret_key: bytes, issuer: str, now: datetime) -> str:
    """Return a nonce of an issuer that is good for five minutes.

    It says itself how long it is good and is kept nowhere: anybody may ask for one, and a
    table of them could be filled by anybody.
    """
    expires = int((now + NONCE_LIFE).timestamp())
    bare = f"{expires}.{secrets.token_urlsafe(12)}"
    return f"{bare}.{_nonce_mac(secret_key, issuer, bare)}"


def is_nonce(secret_key: bytes, issuer: str, nonce: str, now: datetime) -> bool:
    """Return whether we gave this nonce out for this issuer, and its time is not over."""
    bare, _, mac = nonce.rpartition(".")
    expected = _nonce_mac(secret_key, issuer, bare)
    if not hmac.compare_digest(mac.encode("utf-8", "surrogatepass"), expected.encode()):
        return False
    return int(bare.partition(".")[0]) > now.timestamp()


def _nonce_mac(secret_key: bytes, issuer: str, bare: str) -> str:
    text = f"{issuer} {bare}".encode("utf-8", "surrogatepass")
    return base64url(hmac.new(secret_key, NONCE_PURPOSE + text, hashlib.sha256).digest())
