"""Small changes of a clause: a limit by one step, a day more or less, no clause at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.definitions import Definitions
from stacking_rules.rule_changes import days_beside, said, step_of
from stacking_rules.spans import Span
from stacking_rules.where_changes import changed_tests

Changed = tuple[str, str, str, tuple[Clause, ...]]
"""(kind of change, what was, what is, the clauses instead)."""

_COUNTS: dict[type[Clause], str] = {
    kinds.Distinct: "need",
    kinds.Best: "count",
    kinds.Once: "times",
}


def changed_clauses(clause: Clause, definitions: Definitions) -> Iterator[Changed]:
    """Yield what may stand in the place of ``clause``; nothing is the last of it."""
    if isinstance(clause, kinds.Carry):
        return
    yield from _amounts(clause)
    yield from _days(clause)
    where = getattr(clause, "where", None)
    for before, after, test in changed_tests(where, definitions) if where is not None else ():
        yield "where", before, after, (_changed(clause, where=test),)
    if not isinstance(clause, kinds.Once):
        yield "clause", "", "", ()


def _changed(clause: Clause, **values: Any) -> Clause:
    return replace(clause, **values)


def _amounts(clause: Clause) -> Iterator[Changed]:
    match clause:
        case kinds.Least(need=need, unit=unit):
            yield from _steps(clause, "need", need, step_of(unit))
        case kinds.Most(limit=limit, unit=unit) | kinds.Cap(limit=limit, unit=unit):
            yield from _steps(clause, "limit", limit, step_of(unit))
        case kinds.Distinct() | kinds.Best() | kinds.Once():
            name = _COUNTS[type(clause)]
            yield from _steps(clause, name, getattr(clause, name), 1)
        case kinds.Portion(share=share):
            yield from _steps(clause, "share", share, Fraction(1, 100))
        case kinds.Mean(target=target):
            yield from _steps(clause, "target", target, Decimal("0.1"))
        case kinds.Share():
            yield from _shares(clause)


def _shares(clause: kinds.Share) -> Iterator[Changed]:
    for name in ("items", "credits", "unique"):
        limit = getattr(clause, name)
        if limit is not None:
            yield from _steps(
                clause, name, limit, step_of("items" if name == "items" else "credits")
            )


def _steps(clause: Clause, name: str, value: Any, step: Any) -> Iterator[Changed]:
    for other in (value + step, value - step):
        if other >= 0:
            yield name, said(value), said(other), (_changed(clause, **{name: other}),)


def _days(clause: Clause) -> Iterator[Changed]:
    match clause:
        case kinds.Window(span=Span() as span) | kinds.Grace(span=span, to_year_end=False):
            for days in (1, -1):
                longer = Span(span.months, span.days + days)
                yield "days", "", f"{days:+d}", (_changed(clause, span=longer),)
        case kinds.Window(terms=terms):
            yield from _steps(clause, "terms", terms, 1)
        case kinds.After(is_strict=is_strict):
            other = replace(clause, is_strict=not is_strict)
            yield "strict", said(is_strict), said(not is_strict), (other,)
        case kinds.Open():
            yield from _openings(clause)


def _openings(clause: kinds.Open) -> Iterator[Changed]:
    if clause.since > date.min:
        for days, since in days_beside(clause.since):
            yield "since", "", f"{days:+d}", (replace(clause, since=since),)
    if clause.until < date.max:
        for days, until in days_beside(clause.until):
            yield "until", "", f"{days:+d}", (replace(clause, until=until),)
