"""Members of JSON objects by their right type; a ``null`` counts as absent (V26)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from lti_tool.errors import LTILaunchError

LONGEST_ID = 255
LONGEST_TITLE = 255
MOST_ENTRIES = 1000
LONGEST_CUSTOM = 4096

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def missing(name: str) -> LTILaunchError:
    """Return the error of a claim that has to be there."""
    return LTILaunchError(f"The launch has no '{name}'.", code="lti-claim-missing")


def invalid(name: str) -> LTILaunchError:
    """Return the error of a claim of the wrong type or form."""
    return LTILaunchError(
        f"The claim '{name}' of the launch is not valid.", code="lti-claim-invalid"
    )


def optional_object(members: dict[str, Any], key: str, name: str) -> dict[str, Any] | None:
    """Return an object or None."""
    value = members.get(key)
    if value is not None and not isinstance(value, dict):
        raise invalid(name)
    return value


def optional_text(members: dict[str, Any], key: str, name: str) -> str | None:
    """Return a text or None."""
    value = members.get(key)
    if value is not None and not isinstance(value, str):
        raise invalid(name)
    return value


def optional_flag(members: dict[str, Any], key: str, name: str, *, default: bool) -> bool:
    """Return true or false; some platforms send them as text."""
    value = members.get(key)
    if value is None:
        return default
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise invalid(name)
    return value


def texts(members: dict[str, Any], key: str, name: str) -> tuple[str, ...]:
    """Return a bounded list of texts; a list that is absent is empty."""
    value = members.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        raise invalid(name)
    if not all(isinstance(entry, str) for entry in value):
        raise invalid(name)
    return tuple(value)


def required_id(members: dict[str, Any], key: str, name: str) -> str:
    """Return an id: 1-255 printable ASCII characters, as they are (V23)."""
    value = members.get(key)
    if value is None or value == "":
        raise missing(name)
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        raise invalid(name)
    if not value.isascii() or not value.isprintable():
        raise invalid(name)
    return value


def title(members: dict[str, Any], key: str, name: str) -> str:
    """Return a text for people: controls taken out, cut to 255 characters, "" when absent."""
    return clean_text(optional_text(members, key, name) or "")


def clean_text(text: str, limit: int = LONGEST_TITLE) -> str:
    """Take control characters and direction overrides out, and cut (V28)."""
    if text.isascii() and text.isprintable():
        return text.strip()[:limit]
    kept = (
        " " if character in "\t\r\n" else character
        for character in text[: 4 * limit]
        if character in "\t\r\n"
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in BIDI_CONTROLS)
    )
    return "".join(kept).strip()[:limit]


def custom_values(members: dict[str, Any]) -> dict[str, str]:
    """Return the usable custom parameters (V29).

    Text that is literally an unresolved ``$Variable``, empty and null values count as absent;
    numbers and flags become text; what is too long to be ours is left out.
    """
    if len(members) > MOST_ENTRIES:
        raise invalid("custom")
    found = {}
    for key, value in members.items():
        if isinstance(value, dict | list):
            continue
        text = value if isinstance(value, str) else _scalar(value)
        if text and len(text) <= LONGEST_CUSTOM and not _VARIABLE.match(text):
            found[key] = text
    return found


_VARIABLE = re.compile(r"\$[A-Za-z]")


def _scalar(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
