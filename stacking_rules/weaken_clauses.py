"""What breaks a clause by the smallest step, said as other clauses in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.leaves import values_by
from stacking_rules.rule_changes import said, step_of
from stacking_rules.selection import AllTests, Compare, NotTest, OneOf, Test

EDGE = "edge"
"""How the ids of clauses begin that ask for what is just outside of a rule."""


def edge_of(
    test: Test | None, number: int = 1, need: Decimal | int = 1, unit: str = "items"
) -> Clause:
    """Return the clause that so much of what counts passes ``test``."""
    return kinds.Least(id=f"{EDGE}-{number}", need=Decimal(need), unit=unit, where=test)


def _no_more(test: Test | None, limit: Decimal, unit: str) -> Clause:
    return kinds.Most(id=f"{EDGE}-most", limit=limit, unit=unit, where=test)


Others = tuple[str, str, str, tuple[Clause, ...]]


def broken(clause: Clause, amount: tuple[Decimal, str]) -> Iterator[Others]:
    """Yield (kind, before, after, clauses in its place) of what breaks ``clause`` just so.

    ``amount`` is the need of the requirement at which it stands, and its unit.
    """
    need, unit = amount
    match clause:
        case kinds.Filter(where=where):
            yield "clause", "", "", (edge_of(NotTest(where)),)
        case kinds.Least():
            yield from _least(clause)
        case kinds.Most() | kinds.Cap():
            more = clause.limit + step_of(clause.unit)
            edge = edge_of(clause.where, 1, more, clause.unit)
            yield "limit", said(clause.limit), said(more), (edge,)
        case kinds.Portion():
            yield from _portion(clause, need if unit == clause.unit else Decimal(0))
        case kinds.Mean():
            yield from _mean(clause)
        case kinds.Share():
            yield from _shares(clause)
        case _:
            yield from _counted(clause)


def _counted(clause: Clause) -> Iterator[Others]:
    match clause:
        case kinds.Distinct(need=several):
            fewer = (replace(clause, need=several - 1),) if several > 1 else ()
            yield "distinct", said(several), said(several - 1), fewer
        case kinds.Best(count=count):
            more = (replace(clause, count=count + 1), edge_of(None, 1, count + 1))
            yield "best", said(count), said(count + 1), more
        case kinds.Once(times=times):
            yield "times", said(times), said(times + 1), (replace(clause, times=times + 1),)
        case kinds.Same(by=by, where=where):
            tests = [_and(where, OneOf(by, (value,))) for value in values_by(by, 2)]
            yield "clause", "", "", tuple(edge_of(test, n) for n, test in enumerate(tests, 1))
        case kinds.Bundle(of=of):
            for key in of:
                rest = OneOf("achievement", tuple(other for other in of if other != key))
                alone = OneOf("achievement", (key,))
                yield "clause", key, "", (edge_of(rest), _no_more(alone, Decimal(0), "items"))


def _mean(clause: kinds.Mean) -> Iterator[Others]:
    target, scale = clause.target, clause.scale
    no_better = _and(clause.where, Compare("grade", "at_most", target, scale))
    worse = _and(clause.where, Compare("grade", "below", target, scale))
    only = kinds.Filter(id=f"{EDGE}-only", where=no_better)
    yield "clause", said(target), "", (only, edge_of(worse))
    yield "clause", said(target), "", (replace(only, where=worse),)


def _least(clause: kinds.Least) -> Iterator[Others]:
    less = clause.need - step_of(clause.unit)
    weak = replace(clause, need=max(Decimal(0), less))
    most = _no_more(clause.where, weak.need, clause.unit)
    yield "need", said(clause.need), said(weak.need), (weak, most)
    yield "clause", said(clause.need), "", ()


def _portion(clause: kinds.Portion, need: Decimal) -> Iterator[Others]:
    part = need * clause.share.numerator / clause.share.denominator
    step = step_of(clause.unit)
    other: Test | None = None if clause.where is None else NotTest(clause.where)
    if clause.is_most:
        yield "clause", str(clause.share), "", (edge_of(clause.where, 1, part + step, clause.unit),)
        yield "clause", str(clause.share), "", (_no_more(other, Decimal(0), "items"),)
        return
    if part > step:
        edge = edge_of(clause.where, 1, part - step, clause.unit)
        most = _no_more(clause.where, part - step, clause.unit)
        yield "clause", str(clause.share), "", (edge, most)
    yield "clause", str(clause.share), "", (_no_more(clause.where, Decimal(0), "items"),)


def _shares(clause: kinds.Share) -> Iterator[Others]:
    limits: Mapping[str, Decimal | None] = {
        "items": clause.items,
        "credits": clause.credits,
        "unique": clause.unique,
    }
    for name, limit in limits.items():
        if limit is not None:
            step = step_of("items" if name == "items" else "credits")
            more = max(Decimal(0), limit + (-step if name == "unique" else step))
            changed: Any = {name: more}
            yield name, said(limit), said(more), (replace(clause, **changed),)
            many: Any = {n: None for n, known in limits.items() if known is not None}
            yield "clause", said(limit), "", (replace(clause, **many),)


def _and(*tests: Test | None) -> Test:
    found = tuple(test for test in tests if test is not None)
    return found[0] if len(found) == 1 else AllTests(found)
