"""Where a learner stands, as a block keeps it between two looks: small, plain, bounded. Pure.

    last_seen = {"progress": [stack, ...], "as_of": "2026-06-30T12:00:00+00:00", "etag": '"..."'}

The state of a learner lies in the LMS's largest table, so that long answers are cut. Words are
made when it is shown, in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

MOST_STACKS, MOST_PARTS, MOST_STEPS, MOST_FACTS, MOST_KEYS = 30, 40, 8, 6, 200
LONGEST, DEEPEST = 200, 3
STATUSES = ("met", "not-met", "unknown", "not-decided")


class Fact(TypedDict):
    """A completion or award; ``reason`` says why it does not count here, "" when it does."""

    title: str
    on: str
    grade: str
    reason: str


class Part(TypedDict):
    """One requirement; ``level`` is how deep it lies below the stack's own, from 0."""

    title: str
    status: str
    level: int
    have: str
    need: str
    unit: str
    facts: list[Fact]


class Step(TypedDict):
    """Something to do next, by its kind in the tool's interface."""

    kind: str
    options: list[str]
    count: int
    amount: str
    grade: str


class Stack(TypedDict):
    """One stack; ``about`` are the keys it asks for, ``expires_on`` the first day without it.

    ``credential`` is the award whose credential is issued, "" while there is none.
    """

    key: str
    title: str
    status: str
    have: str
    need: str
    unit: str
    about: list[str]
    parts: list[Part]
    steps: list[Step]
    awarded_on: str
    expires_on: str
    is_under_review: bool
    credential: str


def parse_progress(content: Any) -> list[Stack]:
    """Give the stacks in an answer of the tool, cut to a bearable size."""
    return [_stack(row) for row in _rows(content, "stacks", MOST_STACKS) if row.get("key")]


def as_of(last_seen: Mapping[str, Any]) -> datetime | None:
    """Give the instant of what was seen last, if anything was."""
    try:
        return datetime.fromisoformat(str(last_seen.get("as_of", "")))
    except ValueError:
        return None


def stacks_of(last_seen: Mapping[str, Any], *, stack: str, competency: str = "") -> list[Stack]:
    """Give the stacks to show: the one named ``stack``, else those that ask for ``competency``.

    And those that build on them, as the corner of a wall carries the next row. Without both all.
    """
    found: list[Stack] = list(last_seen.get("progress", ()))
    if stack:
        return [each for each in found if each["key"] == stack]
    if not competency:
        return found
    wanted = {competency}
    for _ in found:
        wanted |= {each["key"] for each in found if wanted & set(each["about"])}
    return [each for each in found if each["key"] in wanted]


def _stack(row: Mapping[str, Any]) -> Stack:
    award = _inner(row, "award")
    root = _inner(row, "requirement")
    nodes = list(_walk(root, 0))
    steps = list(_rows(row, "next_steps", MOST_STEPS))
    shown = nodes[1:] if len(nodes) > 1 else nodes
    return {
        "key": _text(row, "key"),
        "title": _text(row, "title") or _text(row, "key"),
        "status": _status(row),
        "have": _text(root, "have"),
        "need": _text(root, "need"),
        "unit": _text(root, "unit"),
        "about": list(dict.fromkeys(_keys(nodes, steps)))[:MOST_KEYS],
        "parts": [_part(node, max(level - 1, 0)) for node, level in shown[:MOST_PARTS]],
        "steps": [_step(step) for step in steps],
        "awarded_on": _text(award, "awarded_on"),
        "expires_on": _text(row, "met_until"),
        "is_under_review": award.get("is_under_review") is True,
        "credential": _credential(award),
    }


def _walk(node: Mapping[str, Any], level: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    if node:
        yield node, level
        if level < DEEPEST:
            for part in _rows(node, "parts", MOST_PARTS):
                yield from _walk(part, level + 1)


def _keys(
    nodes: list[tuple[Mapping[str, Any], int]], steps: list[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield the keys of all that a stack names: asked for, held, or an option of a step."""
    for node, _ in nodes:
        yield _text(_inner(node, "achievement"), "key")
        for name in ("counted", "unused"):
            for fact in _rows(node, name, MOST_KEYS):
                yield _text(_inner(fact, "achievement"), "key")
    for step in steps:
        for option in _rows(step, "options", MOST_KEYS):
            yield _text(option, "key")


def _part(node: Mapping[str, Any], level: int) -> Part:
    counted = list(_rows(node, "counted", MOST_FACTS))
    unused = list(_rows(node, "unused", MOST_FACTS))
    return {
        "title": _text(node, "title") or _text(_inner(node, "achievement"), "title"),
        "status": _status(node),
        "level": level,
        "have": _text(node, "have"),
        "need": _text(node, "need"),
        "unit": _text(node, "unit"),
        "facts": [_fact(fact) for fact in [*counted, *unused][:MOST_FACTS]],
    }


def _fact(row: Mapping[str, Any]) -> Fact:
    return {
        "title": _text(_inner(row, "achievement"), "title"),
        "on": _text(row, "on"),
        "grade": _text(_inner(row, "grade"), "value"),
        "reason": _text(row, "reason"),
    }


def _step(row: Mapping[str, Any]) -> Step:
    count = row.get("count")
    return {
        "kind": _text(row, "kind"),
        "options": [_text(option, "title") for option in _rows(row, "options", MOST_PARTS)],
        "count": count if isinstance(count, int) else 0,
        "amount": _text(row, "credits"),
        "grade": _text(_inner(row, "grade"), "value"),
    }


def _rows(found: Any, name: str, most: int) -> Iterator[Mapping[str, Any]]:
    rows = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(rows, list):
        yield from (row for row in rows[:most] if isinstance(row, Mapping))


def _inner(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name)
    return found[:LONGEST] if isinstance(found, str) else ""


def _status(row: Mapping[str, Any]) -> str:
    found = _text(row, "status")
    return found if found in STATUSES else "unknown"


def _credential(award: Mapping[str, Any]) -> str:
    """Give the award's uuid as its credential is asked for; "" for anything else."""
    try:
        found = str(UUID(_text(award, "uuid")))
    except ValueError:
        return ""
    return found if award.get("has_credential") is True else ""
