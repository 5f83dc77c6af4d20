"""Small readings of JSON values that standards write in more than one way."""

from __future__ import annotations

import unicodedata
from typing import Any

LONGEST_SHOWN = 2000


def listed(value: object) -> list[Any]:
    """Return a list: one value may stand for a list of one, and nothing for an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def name_of(value: object) -> str:
    """Return the id of something that is written as its id or as an object with one."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def plain(value: object) -> str:
    """Return a text to show: short, and without characters that turn or hide what is read."""
    text = value if isinstance(value, str) else ""
    shown = "".join(letter for letter in text[:LONGEST_SHOWN] if not _hides(letter))
    return shown.strip()


def _hides(letter: str) -> bool:
    if letter in "\n\t\u200c\u200d":
        return False
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")
