"""Codes with which one account is joined to another: typed by people, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L or O: they are read as one another."""

LENGTH = 8
LIFE = timedelta(minutes=10)
MOST_WRONG = 5
"""Wrong codes that one account may enter in ``LIFE``: 31^8 codes are out of reach."""

PURPOSE = b"quoin joining code:"


def make_code() -> str:
    """Return a new random code, in two groups for people: K7QM-3XPA."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def hash_code(secret_key: bytes, institution_id: int, typed: str) -> str:
    """Return what is kept of a code, however it was typed.

    Keyed: so short a text could be found again from a plain hash.
    """
    plain = "".join(c for c in typed.upper() if c in LETTERS)
    text = PURPOSE + f"{institution_id}:{plain}".encode()
    return hmac.new(secret_key, text, hashlib.sha256).hexdigest()
