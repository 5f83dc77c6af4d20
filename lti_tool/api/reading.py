"""One item of a batch to a reported completion, or to what is wrong with it and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_tool.errors import InvalidInputError
from lti_tool.services.receive_completions import ReportedCompletion

LONGEST_KEY = 200
LONGEST_ID = 255
LONGEST_COMPETENCY = 100
LONGEST_TEXT = 2000
MOST_EVIDENCE = 20

_MOMENT = re.compile(
    r"(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PERCENT = re.compile(r"(?:100(?:\.0{1,6})?|[0-9]{1,2}(?:\.[0-9]{1,6})?)")


def read_item(item: object) -> ReportedCompletion | InvalidInputError:
    """Return a completion, or the error that it is refused for."""
    try:
        members = _members(item, {*_READERS}, {"grade", "evidence"}, "completion")
        values = {name: _READERS[name](value, name) for name, value in members.items()}
        return ReportedCompletion(**values)
    except InvalidInputError as error:
        return error


def read_erasure(body: object) -> tuple[str, str]:
    """Return issuer and subject of who is to be erased; ``InvalidInputError`` otherwise."""
    wanted = ("key", "issuer", "subject")
    members = _members(body, {*wanted}, set(), "erasure")
    _, issuer, subject = (_READERS[name](members[name], name) for name in wanted)
    return issuer, subject


def _members(item: object, known: set[str], optional: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise InvalidInputError(f"A {what} is an object.")
    for name in sorted(known - optional - item.keys()):
        raise InvalidInputError(f"A {what} needs '{name}'.", field=name)
    for name in sorted(item.keys() - known):
        raise InvalidInputError(f"A {what} has no such member.", field=name[:100])
    return item


def _id(longest: int) -> Callable[[object, str], str]:
    def read(value: object, name: str) -> str:
        found = _text(longest)(value, name)
        if not found.isascii() or not found.isprintable():
            raise InvalidInputError(f"'{name}' is of printable ASCII characters.", field=name)
        return found

    return read


def _text(longest: int) -> Callable[[object, str], str]:
    def read(value: object, name: str) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise InvalidInputError(f"'{name}' has 1 to {longest} characters.", field=name)
        if _CONTROL.search(value):
            raise InvalidInputError(f"'{name}' holds a control character.", field=name)
        return value

    return read


def _moment(value: object, name: str) -> datetime:
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInputError(
            f"'{name}' is a moment with its zone, such as 2026-06-01T12:00:00Z (RFC 3339).",
            field=name,
        ) from None


def _percent(value: object, name: str) -> Decimal:
    if not isinstance(value, str) or not _PERCENT.fullmatch(value):
        raise InvalidInputError(
            f'\'{name}\' is a percentage of the scale as text, from "0" to "100", with at most '
            "6 decimals.",
            field=name,
        )
    return Decimal(value)


def _evidence(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_EVIDENCE:
        raise InvalidInputError(
            f"'{name}' is a list of at most {MOST_EVIDENCE} pieces.", field=name
        )
    return tuple(_piece(piece, f"/{name}/{number}") for number, piece in enumerate(value))


def _piece(piece: object, at: str) -> str:
    """Return a piece of evidence as the line of text that the ledger keeps."""
    found = dict(_members(piece, {"text", "url"}, {"text", "url"}, "piece of evidence"))
    lines = [_READ_TEXT(found[name], f"{at}/{name}") for name in ("text", "url") if name in found]
    if not lines:
        raise InvalidInputError("A piece of evidence has a text, a url, or both.", field=at)
    if "url" in found and not found["url"].startswith(("https://", "http://")):
        raise InvalidInputError("A url begins with https://.", field=f"{at}/url")
    return ": ".join(lines)


_READ_TEXT = _text(LONGEST_TEXT)
_READERS: dict[str, Callable[[object, str], Any]] = {
    "key": _id(LONGEST_KEY),
    "issuer": _id(LONGEST_ID),
    "subject": _id(LONGEST_ID),
    "competency": _text(LONGEST_COMPETENCY),
    "completed_at": _moment,
    "grade": _percent,
    "evidence": _evidence,
}
