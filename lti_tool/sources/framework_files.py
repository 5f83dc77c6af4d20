"""What every file of a competency framework is read into, and what is refused in any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from lti_tool.errors import InvalidInputError

LARGEST_FILE = 64 * 1024 * 1024
MOST_ITEMS = 50_000
MOST_LINKS = 250_000
DEEPEST = 32
"""Levels of a hierarchy: real ones have at most ten."""

LONGEST_TEXT = 20_000
LONGEST_NAME = 500
LONGEST_URI = 500
LONGEST_TARGET = 1000
LONGEST_CODE = 200
LONGEST_LANGUAGE = 35
UNKNOWN_LANGUAGE = "und"
CHILD = "isChildOf"
REPLACED = "replacedBy"

_URI = re.compile(r"(https?|urn):[^\s<>\"{}|\\^`\x00-\x20]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029]")
# What no credential may be signed with (credentials/texts.py): it would fail at the first award.
_REFUSED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Label:
    """The texts of an item in one language."""

    language: str
    name: str
    alternatives: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One competency; ``place`` says where in the file it stands."""

    uri: str
    labels: tuple[Label, ...]
    place: str
    identifier: str = ""
    code: str = ""
    kind: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An association of two items; the ends may lie in other frameworks."""

    kind: str
    origin: str
    destination: str
    place: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A whole framework as its files say it."""

    kind: str
    uri: str
    title: str
    language: str
    items: Sequence[Item]
    links: Sequence[Link]
    publisher: str = ""
    version: str = ""
    licence: str = ""
    attribution: str = ""
    source: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an item stands in the tree: its parent, its place in reading order, its depth."""

    parent: str | None
    position: int
    depth: int


@dataclass(slots=True)
class _Tree:
    children: dict[str | None, list[str]] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)


def refuse(place: str, reason: str) -> NoReturn:
    """Refuse a file for what stands at ``place``; ``InvalidInputError``."""
    raise InvalidInputError(f"{place}: {reason}", code="framework-file", field=place)


def text(value: object, place: str, *, longest: int = LONGEST_TEXT, needed: bool = False) -> str:
    """Return a text with line feeds for line breaks; refuse what could not be signed."""
    if value is None:
        value = ""
    if not isinstance(value, str):
        refuse(place, "a text is expected here")
    found = _BREAKS.sub("\n", value).replace("\t", " ").strip()
    if _REFUSED.search(found):
        refuse(place, "there is a control character in this text")
    if len(found) > longest:
        refuse(place, f"it has {len(found):,} characters, more than {longest:,}")
    if needed and not found:
        refuse(place, "it is missing")
    return found


def uri(value: object, place: str, *, longest: int = LONGEST_URI) -> str:
    """Return an address: http, https or urn."""
    found = text(value, place, longest=longest, needed=True)
    if not _URI.fullmatch(found):
        refuse(place, "it must be an address that begins with https:, http: or urn:")
    return found


def language(value: object, place: str, otherwise: str = UNKNOWN_LANGUAGE) -> str:
    """Return a language tag (BCP 47), ``otherwise`` where there is none."""
    found = text(value, place, longest=LONGEST_LANGUAGE)
    if not found:
        return otherwise
    if not _LANGUAGE.fullmatch(found):
        refuse(place, "it must be a language such as en, sv or pt-BR")
    primary, dash, rest = found.partition("-")
    return primary.lower() + dash + rest


def instant(value: object, place: str) -> datetime | None:
    """Return an instant; one without a zone is in UTC, as OpenSALT writes it."""
    found = text(value, place, longest=100)
    if not found:
        return None
    try:
        read = datetime.fromisoformat(found)
    except ValueError:
        refuse(place, "it must be a date and a time, such as 2026-05-12T10:00:00Z")
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def check_framework(framework: Framework) -> dict[str, Placed]:
    """Refuse what does not hang together; return where each item stands in the tree, by address.

    Refused are too many items, an address or identifier twice, more languages than one text
    each, circles of isChildOf and trees that are too deep.
    """
    if not framework.items:
        refuse(framework.title or framework.uri, "there is no item in it")
    if len(framework.items) > MOST_ITEMS or len(framework.links) > MOST_LINKS:
        refuse(framework.title, f"it has more than {MOST_ITEMS:,} items or {MOST_LINKS:,} links")
    _refuse_twice(framework.items)
    return _place(framework)


def _refuse_twice(items: Sequence[Item]) -> None:
    seen: dict[str, str] = {}
    for item in items:
        for name in {item.uri, item.identifier} - {""}:
            if name in seen:
                refuse(item.place, f"{name[:100]} stands at {seen[name]} already")
            seen[name] = item.place
        if len({label.language for label in item.labels}) != len(item.labels):
            refuse(item.place, "it has two texts in one language")


def _place(framework: Framework) -> dict[str, Placed]:
    """Walk the tree of first parents; what several parents have is shown at the first one."""
    uris = [item.uri for item in framework.items]
    known = set(uris)
    inside = [x for x in framework.links if x.kind == CHILD and {x.origin, x.destination} <= known]
    _refuse_circles(inside)
    tree = _Tree()
    order = _order(framework)
    for link in inside:
        if link.origin not in tree.parent:
            tree.parent[link.origin] = link.destination
    for one in uris:
        tree.children.setdefault(tree.parent.get(one), []).append(one)
    placed: dict[str, Placed] = {}
    waiting = [(one, 0) for one in _sorted(tree.children.get(None, []), order)]
    while waiting:
        one, depth = waiting.pop()
        if depth >= DEEPEST:
            refuse(one, f"it is more than {DEEPEST} levels deep")
        placed[one] = Placed(tree.parent.get(one), len(placed), depth)
        waiting.extend((c, depth + 1) for c in _sorted(tree.children.get(one, []), order))
    return placed


def _order(framework: Framework) -> dict[str, tuple[int, list[tuple[int, int, str]], int]]:
    """Return what siblings are sorted by: the number in the file, else the code, else the file."""
    order = {
        item.uri: (10**9, _natural(item.code), index) for index, item in enumerate(framework.items)
    }
    for link in framework.links:
        if link.kind == CHILD and link.sequence is not None and link.origin in order:
            order[link.origin] = (link.sequence, *order[link.origin][1:])
    return order


def _natural(code: str) -> list[tuple[int, int, str]]:
    """Return a code as it is sorted by people: 1.2 before 1.10."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", code)
    return [(0, int(p), "") if p.isdecimal() and p.isascii() else (1, 0, p) for p in parts]


def _sorted(uris: list[str], order: Mapping[str, Any]) -> list[str]:
    """Return them last first, as a stack takes them."""
    return sorted(uris, key=lambda one: order[one], reverse=True)


def _refuse_circles(links: Sequence[Link]) -> None:
    """Take away what has no parent left, again and again; what stays goes in a circle."""
    left: dict[str, int] = {}
    children: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for link in links:
        left[link.origin] = left.get(link.origin, 0) + 1
        left.setdefault(link.destination, 0)
        children.setdefault(link.destination, []).append(link.origin)
        places[link.origin] = link.place
    free = [one for one, count in left.items() if not count]
    gone = 0
    while free:
        gone += 1
        for child in children.get(free.pop(), ()):
            left[child] -= 1
            if not left[child]:
                free.append(child)
    if gone != len(left):
        stuck = next(one for one, count in left.items() if count)
        refuse(places.get(stuck, stuck), f"{stuck[:100]} is in a circle of {CHILD}")
