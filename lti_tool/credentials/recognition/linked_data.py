"""A document as linked data: known vocabularies in their order, no word that nobody covers."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.canonical import canonize
from lti_tool.credentials.contexts import PINS
from lti_tool.credentials.recognition.outcomes import invalid
from lti_tool.credentials.recognition.values import listed
from lti_tool.errors import InvalidInputError

BASES = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1")
OPEN_BADGES = tuple(
    f"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.{minor}.json" for minor in (1, 2, 3)
)
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

HOLD_CREDENTIALS = ("verifiableCredential", "endorsement")
"""What may hold documents with a @context of their own."""


def check_contexts(document: dict[str, Any], kind: str) -> None:
    """Refuse unknown, inline and misplaced contexts. Nothing is fetched."""
    found = listed(document.get("@context"))
    if not all(isinstance(context, str) for context in found):
        raise invalid("context-inline")
    if not all(context in PINS for context in found):
        raise invalid("context-unknown")
    expected: list[tuple[str, ...]] = [BASES]
    if kind == "ClrCredential":
        expected.append((CLR,))
    if kind != "BitstringStatusListCredential":
        expected.append(OPEN_BADGES)
    rest = found[len(expected) :]
    in_order = len(found) >= len(expected) and all(
        context in allowed for context, allowed in zip(found, expected, strict=False)
    )
    if not in_order or len(set(found)) != len(found) or set(rest) & {*BASES, *OPEN_BADGES, CLR}:
        raise invalid("context-order")
    for key, value in document.items():
        if key != "@context":
            _check_keywords(key, value)


def canonical(document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads; ``FindingError`` when a word of it would be left out."""
    _check_labels(document)
    try:
        return canonize(document).encode()
    except InvalidInputError as error:
        raise invalid("graph-unreadable" if error.code == "json-ld" else "term-unknown") from None
    except (RecursionError, TypeError, ValueError, KeyError, AttributeError):
        # PyLD does not look at what it is given before it works on it.
        raise invalid("graph-unreadable") from None


def _check_keywords(parent: str, value: Any) -> None:
    if isinstance(value, list):
        for member in value:
            _check_keywords(parent, member)
    elif isinstance(value, dict):
        for key, member in value.items():
            # The contexts of members are checked when the members are.
            if key.startswith("@") and (key != "@context" or parent not in HOLD_CREDENTIALS):
                raise invalid("context-inline")
            if key != "@context":
                _check_keywords(key, member)


def _check_labels(value: Any) -> None:
    """Refuse blank-node labels: with them eight nodes keep a canonicaliser busy for minutes."""
    if isinstance(value, dict):
        for key, member in value.items():
            _check_labels(key)
            _check_labels(member)
    elif isinstance(value, list):
        for member in value:
            _check_labels(member)
    elif isinstance(value, str) and value.startswith("_:"):
        raise invalid("blank-node")
