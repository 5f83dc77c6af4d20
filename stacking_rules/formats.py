"""Formats of the stack document: what an older one calls otherwise than the current one.

A published stack is never rewritten: older formats are read for good, and migrated on the way in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stacking_rules.errors import DocumentError
from stacking_rules.reading import escape

CURRENT = 2
DEEPEST = 100
"""Levels that are looked at; the reader refuses far fewer."""
_WORDS = {1: {"share": "sharing"}}
"""Format -> what it calls otherwise than the next one.

In format 1 ``share`` was the budget between two requirements and, in ``of_which`` and ``caps``, a
ratio, which keeps the name; an attribute may be called so, too.
"""


@dataclass(frozen=True, slots=True)
class Rename:
    """The name at ``address`` (JSON pointer in the older document) is now ``new``."""

    address: str
    old: str
    new: str


def format_of(data: object) -> int:
    """Return the format that a document says it has; ``DocumentError`` if it is none we know."""
    number = data.get("quoin") if isinstance(data, Mapping) else None
    if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= CURRENT:
        return number
    message = f"The document must say 'quoin: {CURRENT}' (its format; older ones are read too)."
    raise DocumentError("/quoin", message)


def renames(data: object, number: int) -> tuple[Rename, ...]:
    """Return what a document of format ``number`` has to call otherwise, in document order."""
    return tuple(_renames(data, "", _words(number), DEEPEST))


def migrated(data: object, number: int) -> object:
    """Return ``data``, written in format ``number``, as the current format writes it.

    What cannot be part of a document is left as it is, for the reader to refuse.
    """
    words = _words(number)
    return _migrated(data, words, DEEPEST) if words else data


def as_written(address: str, number: int) -> str:
    """Return the address, in a document of format ``number``, of what is now at ``address``."""
    old = {new: word for word, new in _words(number).items()}
    return "/".join(old.get(step, step) for step in address.split("/"))


def _words(number: int) -> dict[str, str]:
    return {old: new for at in range(number, CURRENT) for old, new in _WORDS[at].items()}


def _is_old(name: object, value: object, words: Mapping[str, str]) -> bool:
    """Return whether the older word is meant: a list of budgets, each ``between`` two."""
    if name not in words or not isinstance(value, list):
        return False
    return all(isinstance(entry, Mapping) and "between" in entry for entry in value)


def _renames(data: object, address: str, words: Mapping[str, str], depth: int) -> Iterator[Rename]:
    if depth == 0 or not words:
        return
    if isinstance(data, list):
        for index, value in enumerate(data):
            yield from _renames(value, f"{address}/{index}", words, depth - 1)
    if isinstance(data, Mapping):
        for name, value in data.items():
            here = f"{address}/{escape(name)}"
            if _is_old(name, value, words):
                yield Rename(here, name, words[name])
            yield from _renames(value, here, words, depth - 1)


def _migrated(data: object, words: Mapping[str, str], depth: int) -> object:
    if depth == 0:
        return data
    if isinstance(data, list):
        return [_migrated(value, words, depth - 1) for value in data]
    if isinstance(data, Mapping):
        return {
            words[name] if _is_old(name, value, words) else name: _migrated(value, words, depth - 1)
            for name, value in data.items()
        }
    return data
