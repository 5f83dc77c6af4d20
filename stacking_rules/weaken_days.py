"""Clauses about days, broken by a day: which facts have to be moved, and whereto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Award, Completion, Fact
from stacking_rules.spans import Span, add, earliest

DAY = timedelta(days=1)
FOREVER = Span(months=12_000)

Shift = Callable[[Fact, bool], Fact]
"""Moves the days of a fact; told whether it is the first one of all that are moved."""

Shifted = tuple[str, tuple[Clause, ...], Shift | None, date | None]
"""(kind of change, clauses instead, how facts are moved, another day to ask for)."""


def shifted(clause: Clause, as_of: date) -> Iterator[Shifted]:
    """Yield what breaks a clause about days."""
    ended = (kinds.Grace(id="edge", span=FOREVER),)
    match clause:
        case kinds.Open(since=since, until=until):
            if until < date.max:
                yield "until", (), None, until
            if since > date.min:
                yield "since", (), None, since - DAY
        case kinds.Window(span=span):
            allowed = Span(days=200 * clause.terms) if span is None else span
            yield "window", (_several(2),), _early(clause, allowed), None
        case kinds.After():
            yield "order", (), _too_soon(clause), None
        case kinds.Together():
            yield "together", ended, _ended_before(as_of), None
        case kinds.Grace():
            yield "grace", ended, _long_ended(clause, as_of), None


def _several(count: int) -> Clause:
    return kinds.Least(id="edge-1", need=Decimal(count), unit="items")


def moved(fact: Fact, on: date) -> Fact:
    """Return ``fact`` as of another day, begun and known on that day."""
    at = fact.recorded_at.replace(year=on.year, month=on.month, day=on.day)
    if isinstance(fact, Completion):
        return replace(fact, recorded_at=at, completed_on=on, started_on=on)
    if isinstance(fact, Award):
        return replace(fact, recorded_at=at, awarded_on=on)
    return replace(fact, recorded_at=at, attested_on=on)


def _early(clause: kinds.Window, span: Span) -> Shift:
    def shift(fact: Fact, is_first: bool) -> Fact:  # noqa: FBT001
        if not is_first:
            return fact
        start = earliest(span, fact.on) - DAY
        if clause.start == "started" and isinstance(fact, Completion):
            return replace(fact, started_on=start)
        return moved(fact, start)

    return shift


def _too_soon(clause: kinds.After) -> Shift:
    def shift(fact: Fact, _is_first: bool) -> Fact:  # noqa: FBT001
        day = fact.on if clause.is_strict else fact.on - DAY
        if clause.by == "started" and isinstance(fact, Completion):
            return replace(fact, started_on=day)
        return moved(fact, day)

    return shift


def _ended_before(as_of: date) -> Shift:
    day = as_of - DAY

    def shift(fact: Fact, is_first: bool) -> Fact:  # noqa: FBT001
        return replace(fact, valid_until=day) if is_first else moved(fact, day)

    return shift


def _long_ended(clause: kinds.Grace, as_of: date) -> Shift:
    end = date(as_of.year - 1, 12, 31)
    if not clause.to_year_end:
        end = earliest(clause.span, as_of)
        end = end - DAY if add(end, clause.span) > as_of else end

    def shift(fact: Fact, is_first: bool) -> Fact:  # noqa: FBT001
        early = moved(fact, end - 10 * DAY)
        return replace(early, valid_until=end) if is_first else early

    return shift
