"""What an institution declares for all its rules: scales, tables, terms, zone, levels, rates.

Plain data as a stack document has them at its top, one entry of KINDS each. A document that is
checked or published takes them up beside what it declares itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from lti_tool.rule_reading import Reader, sentences_of
from lti_tool.translating import _
from stacking_rules import DocumentError
from stacking_rules.read_definitions import read_definitions
from stacking_rules.reading import mapping_of
from stacking_rules.write_document import write_definitions

Plain = dict[str, Any]
KINDS = ("zone", "scales", "tables", "terms", "levels", "rates")
_PAIRED = ("tables", "levels", "rates")
"""Lists whose entries lead from one thing to another: "from" and "to" are their keys."""
LONGEST = 200_000
"""Characters of all that an institution declares: some thousand lines."""


def read_declared(data: object) -> Plain:
    """Return what an institution declares, as it is kept; equal things give equal data.

    ``DocumentError`` names what is wrong by its JSON pointer.
    """
    top = mapping_of({} if data is None else data, "", KINDS)
    definitions = read_definitions(top, "")
    try:
        ZoneInfo(definitions.zone)
    except (ValueError, OSError, KeyError):
        raise DocumentError("/zone", "There is no such time zone.") from None
    text = json.dumps(write_definitions(definitions), default=str)
    if len(text) > LONGEST:
        raise DocumentError("", f"All of it has at most {LONGEST:,} characters.")
    found: Plain = json.loads(text)
    return found


# -- taking up and leaving out ------------------------------------------------------------------


def take_up(data: Any, declared: Mapping[str, Any]) -> Any:
    """Return a stack document that also declares what its institution does.

    What the document declares itself goes first: scales by key, tables, levels and rates by what
    they lead from and to; its zone and its terms as a whole. A table of the institution that
    speaks of a scale which the document declares itself is left out.
    """
    if not isinstance(data, dict) or not declared:
        return data
    taken = {kind: _merged(kind, data, declared) for kind in KINDS if kind in declared}
    return {**data, **{kind: value for kind, value in taken.items() if value}}


def _merged(kind: str, data: Plain, declared: Mapping[str, Any]) -> Any:
    own, theirs = data.get(kind), declared[kind]
    if own is None and kind in data:
        return own
    if kind == "scales":
        return {**theirs, **own} if isinstance(own, dict) else own or theirs
    if kind not in _PAIRED:
        return own or theirs
    if own is not None and not isinstance(own, list):
        return own
    scales = data.get("scales")
    mine = set(scales) if kind == "tables" and isinstance(scales, dict) else set()
    pairs = {_pair(entry) for entry in own or ()}
    return [
        *(own or ()),
        *(one for one in theirs if _pair(one) not in pairs and mine.isdisjoint(_pair(one))),
    ]


def _pair(entry: Any) -> tuple[str, str]:
    is_entry = isinstance(entry, dict)
    return (str(entry.get("from")), str(entry.get("to"))) if is_entry else ("", "")


def leave_out(stack: Mapping[str, Any], declared: Mapping[str, Any]) -> tuple[Plain, Plain]:
    """Return what a published stack declares of its own, and the stack without any of KINDS.

    ``declared`` is what its institution declared when it was published: that is taken up anew.
    """
    frozen = dict(stack.get("definitions") or {})
    own: Plain = {}
    for kind in KINDS:
        value, theirs = frozen.pop(kind, None), declared.get(kind)
        if isinstance(value, dict):
            value = {key: one for key, one in value.items() if (theirs or {}).get(key) != one}
        elif kind in _PAIRED:
            value = [one for one in value or () if one not in (theirs or ())]
        elif value == theirs:
            value = None
        if value:
            own[kind] = value
    rest = {name: value for name, value in stack.items() if name != "definitions"}
    return own, {**rest, "definitions": frozen} if frozen else rest


# -- in words -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is declared: its kind, its key in there, and the sentence that says it."""

    kind: str
    key: str
    words: str


@dataclass(frozen=True, slots=True)
class DeclaredChange:
    """What was said of one thing ``before``, and what is said ``after``; "" for nothing."""

    kind: str
    key: str
    before: str
    after: str


def entries_of(declared: Mapping[str, Any]) -> list[Entry]:
    """Return everything that is declared, by kind, in the order in which it is written."""
    read = read_definitions(declared, "")
    exact = write_definitions(read)
    return [
        Entry(kind, key, words)
        for kind in KINDS
        if kind in exact
        for key, words in zip(
            _keys(kind, exact[kind]), sentences_of(kind, read, Reader()), strict=True
        )
    ]


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[DeclaredChange, ...]:
    """Return what differs from one declaration to another, entry by entry."""
    old = {(one.kind, one.key): one.words for one in entries_of(before)}
    new = {(one.kind, one.key): one.words for one in entries_of(after)}
    places = sorted({**old, **new}, key=lambda place: KINDS.index(place[0]))
    return tuple(
        DeclaredChange(*place, old.get(place, ""), new.get(place, ""))
        for place in places
        if old.get(place) != new.get(place)
    )


def in_words(change: DeclaredChange) -> str:
    """Return a change as a sentence or two."""
    if not change.before:
        return _("New: {after}", after=change.after)
    if not change.after:
        return _("Gone: {before}", before=change.before)
    return _("Was: {before} Is: {after}", before=change.before, after=change.after)


def _keys(kind: str, value: Any) -> Iterator[str]:
    """Yield the key of each entry; one that occurs again has the number of its turn in it."""
    if kind == "zone":
        yield ""
    elif kind == "scales":
        yield from value
    else:
        seen: dict[str, int] = {}
        for entry in value:
            key = str(entry["name"]) if kind == "terms" else " > ".join(_pair(entry))
            seen[key] = seen.get(key, 0) + 1
            yield key if seen[key] == 1 else f"{key} ({seen[key]})"
