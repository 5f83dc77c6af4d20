"""JSON as strict and as bounded as a message from outside has to be (V8)."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 16
LONGEST_NUMBER = 40

# A string that is never closed is matched to the end of the text: the scan stays linear.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


class StrictJSONError(ValueError):
    """The text is not JSON as we take it; the message never quotes it."""


def parse_json(text: bytes, *, max_bytes: int, max_depth: int = DEEPEST) -> Any:
    """Return the value of a JSON text of at most ``max_bytes`` bytes.

    Refused with ``StrictJSONError``: anything but UTF-8, duplicate member names, NaN and
    infinities, numbers out of range, nesting deeper than ``max_depth``, lone surrogates.
    """
    if len(text) > max_bytes:
        raise StrictJSONError(f"it is larger than {max_bytes} bytes")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        raise StrictJSONError("it is not UTF-8") from None
    _check_depth(decoded, max_depth)
    try:
        value = json.loads(
            decoded,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except StrictJSONError:
        raise
    except (ValueError, RecursionError):
        raise StrictJSONError("it is not JSON") from None
    # Only an escape can smuggle half a character in; databases and sockets choke on it.
    if "\\ud" in decoded.lower():
        _check_surrogates(value)
    return value


def parse_object(text: bytes, *, max_bytes: int, max_depth: int = DEEPEST) -> dict[str, Any]:
    """Return the members of a JSON object; ``StrictJSONError`` for any other value."""
    value = parse_json(text, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise StrictJSONError("it is not an object")
    return value


def _check_depth(text: str, max_depth: int) -> None:
    if text.count("{") + text.count("[") <= max_depth:
        return
    depth = 0
    for match in _TOKEN.finditer(text):
        bracket = match.group()
        if bracket in ("{", "["):
            depth += 1
            if depth > max_depth:
                raise StrictJSONError(f"it is nested deeper than {max_depth} levels")
        elif bracket in ("}", "]"):
            depth -= 1


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StrictJSONError("a member name occurs twice")
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise StrictJSONError("it holds a number that is not finite")


def _float(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise StrictJSONError("it holds a number out of range")
    return value


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise StrictJSONError("it holds a number out of range")
    return int(text)


def _check_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise StrictJSONError("it holds half a character") from None
