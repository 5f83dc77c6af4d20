"""Codes that are mailed: they follow from the tool's secret and a salt, and are never kept."""

from __future__ import annotations

import hashlib
import hmac

from lti_tool.wallets.codes import LENGTH, LETTERS

MOST_TRIES = 5
MOST_MAILS = 5
"""Codes to one address in an hour, whether anybody has it or not."""


def code_of(secret_key: bytes, salt: str) -> str:
    """Return the eight letters and digits that belong to a salt, in two groups: K7QM-3XPA."""
    text = f"quoin sign-in code:{salt}".encode()
    number = int.from_bytes(hmac.new(secret_key, text, hashlib.sha256).digest())
    letters = ""
    for _ in range(LENGTH):
        number, index = divmod(number, len(LETTERS))
        letters += LETTERS[index]
    return f"{letters[:4]}-{letters[4:]}"


def is_code(secret_key: bytes, salt: str, typed: str) -> bool:
    """Return whether this is the code of a salt, however it was typed; in constant time."""
    plain = "".join(c for c in typed.upper() if c in LETTERS)
    right = code_of(secret_key, salt).replace("-", "")
    return hmac.compare_digest(plain.encode(), right.encode())
