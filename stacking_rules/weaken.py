"""For one address of a rule: the rule that asks a little less there, and is met just so.

Who meets the weaker rule and not the rule misses it at that address, by the smallest step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.focus import NOTHING, focused, looked_at
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Completed,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
)
from stacking_rules.rule_changes import Change, said, step_of
from stacking_rules.rule_edits import edited_below, with_clause
from stacking_rules.selection import AllTests, Compare, NotTest, OneOf, Test
from stacking_rules.stacks import clause_address, walk
from stacking_rules.weaken_days import Shift, shifted

EDGE = "edge"


@dataclass(frozen=True, slots=True)
class Weaker:
    """A rule that asks less: ``change`` says where and what.

    Facts that count at ``scope`` have other days, by ``shift``; it is asked on ``as_of``, where
    that is not the day of all others.
    """

    change: Change
    rule: Requirement
    scope: str = ""
    shift: Shift | None = None
    as_of: date | None = None
    is_shared: bool = False


def weaker(root: str, node: Requirement, address: str, as_of: date) -> Iterator[Weaker]:
    """Yield weaker rules than ``node`` (at ``root``), the smallest change at ``address`` first."""
    for here, found in walk(root, node):
        if here == address:
            narrow = focused(root, node, here)
            for kind, before, after, edit in _at_node(found):
                rule = edited_below(root, narrow, here, edit)
                if rule is not None:
                    yield Weaker(Change(address, kind, before, after), rule)
        for clause in found.clauses:
            if clause_address(here, clause) == address:
                narrow = focused(root, node, here)
                yield from _at_clause(root, narrow, here, clause, as_of)


def without_clause(root: str, node: Requirement, address: str) -> Requirement | None:
    """Return ``node`` (at ``root``) without what stands at ``address``, but for what is below."""
    for here, found in walk(root, node):
        if here == address and isinstance(found, Amount):
            return edited_below(root, node, here, lambda n: _changed(n, need=Decimal(0)))
        if here == address:
            return edited_below(root, node, here, lambda n: replace(NOTHING, id=n.id))
        for clause in found.clauses:
            if clause_address(here, clause) == address:
                return edited_below(root, node, here, with_clause(clause))
    return None


# -- requirements ----------------------------------------------------------------------------

Edited = tuple[str, str, str, Callable[[Requirement], Requirement]]


def _at_node(node: Requirement) -> Iterator[Edited]:
    match node:
        case Amount(need=need, unit=unit):
            less = max(Decimal(0), need - step_of(unit))
            yield "need", said(need), said(less), lambda n: _changed(n, need=less)
            yield from _other_facts(node)
        case Group():
            yield from _fewer_parts(node)
        case Limit(most=most, unit=unit):
            more = most + step_of(unit)
            yield "most", said(most), said(more), lambda n: _held(node, more)
        case NoneOf(parts=parts):
            several = AnyOf(id=node.id, parts=tuple(looked_at(part) for part in parts))
            yield "none", "", "", lambda n: several
        case LearnerIs(where=where):
            yield "learner", "", "", lambda n: replace(node, where=NotTest(where))
        case _:
            gone = replace(NOTHING, id=node.id)
            yield "part", str(getattr(node, "achievement", "")), "", lambda n: gone
            yield from _other_facts(node)


def _changed(node: Requirement, **values: Any) -> Requirement:
    return replace(node, **values)


def _held(node: Limit, most: Decimal) -> Requirement:
    return Amount(
        id=node.id, need=most, unit=node.unit, of=node.of, where=node.where, is_overlay=True
    )


def _fewer_parts(node: Group) -> Iterator[Edited]:
    if not isinstance(node, AllOf):
        less = max(0, node.needed - 1)
        few = AtLeast(id=node.id, clauses=node.clauses, parts=node.parts, count=less)
        yield "count", said(node.needed), said(less), lambda n: few
        return
    for part in node.parts:
        rest = replace(node, parts=tuple(other for other in node.parts if other is not part))
        yield "part", part.id, "", lambda n, rest=rest: rest  # type: ignore[misc]
        for kind, before, after, edit in _other_facts(part):
            changed = replace(
                node, parts=tuple(edit(p) if p is part else p for p in node.parts)
            )
            yield kind, f"{part.id} {before}".strip(), after, lambda n, c=changed: c  # type: ignore[misc]


def _other_facts(node: Requirement) -> Iterator[Edited]:
    """Yield ``node`` met by what its test or its grade keeps out."""
    where, grade = getattr(node, "where", None), getattr(node, "grade", None)
    if where is not None:
        yield "where", "", "", lambda n: _with_edges(_changed(n, where=None), NotTest(where))
    if grade is not None and isinstance(node, Amount | Completed):
        at_least = Compare("grade", "at_least", grade.value, grade.scale)
        said_grade = grade.text or said(grade.value)
        yield (
            "grade",
            said_grade,
            "",
            lambda n: _with_edges(_changed(n, grade=None), NotTest(at_least)),
        )


def _with_edges(node: Requirement, *tests: Test | None) -> Requirement:
    edges = tuple(_edge(test, number) for number, test in enumerate(tests, 1))
    return replace(node, clauses=(*node.clauses, *edges))


def _edge(test: Test | None, number: int = 1, need: Decimal | int = 1, unit: str = "items") -> Clause:
    return kinds.Least(id=f"{EDGE}-{number}", need=Decimal(need), unit=unit, where=test)


def _no_more(test: Test | None, limit: Decimal, unit: str) -> Clause:
    return kinds.Most(id=f"{EDGE}-most", limit=limit, unit=unit, where=test)


# -- clauses ---------------------------------------------------------------------------------


def _at_clause(
    root: str, narrow: Requirement, here: str, clause: Clause, as_of: date
) -> Iterator[Weaker]:
    address = clause_address(here, clause)
    for kind, before, after, others in _instead(clause, _need_at(root, narrow, here)):
        rule = edited_below(root, narrow, here, with_clause(clause, *others))
        if rule is not None:
            is_shared = isinstance(clause, kinds.Once)
            yield Weaker(Change(address, kind, before, after), rule, is_shared=is_shared)
    for kind, others, shift, day in shifted(clause, as_of):
        without = {type(clause), *((kinds.Grace,) if isinstance(clause, kinds.Together) else ())}

        def edit(node: Requirement, without: set[type] = without, others: Any = others) -> Requirement:
            kept = tuple(c for c in node.clauses if type(c) not in without)
            return replace(node, clauses=(*kept, *others))

        rule = edited_below(root, narrow, here, edit)
        if rule is not None:
            yield Weaker(Change(address, kind), rule, here, shift, day)


def _need_at(root: str, node: Requirement, address: str) -> tuple[Decimal, str]:
    found = next((n for at, n in walk(root, node) if at == address), None)
    return (found.need, found.unit) if isinstance(found, Amount) else (Decimal(0), "")


Others = tuple[str, str, str, tuple[Clause, ...]]


def _instead(clause: Clause, amount: tuple[Decimal, str]) -> Iterator[Others]:
    """Yield (kind, before, after, clauses in its place) of what breaks ``clause`` and just so."""
    need, unit = amount
    match clause:
        case kinds.Filter(where=where):
            yield "clause", "", "", (_edge(NotTest(where)),)
        case kinds.Least():
            yield from _least(clause)
        case kinds.Most(limit=limit, where=where) | kinds.Cap(limit=limit, where=where):
            more = limit + step_of(clause.unit)
            yield "limit", said(limit), said(more), (_edge(where, 1, more, clause.unit),)
        case kinds.Portion():
            yield from _portion(clause, need if unit == clause.unit else Decimal(0))
        case kinds.Distinct(need=several):
            fewer = (replace(clause, need=several - 1),) if several > 1 else ()
            yield "distinct", said(several), said(several - 1), fewer
        case kinds.Same(by=by, where=where):
            edges = [_and(where, OneOf(by, (f"{by}-{n}",))) for n in (1, 2)]
            yield "clause", "", "", tuple(_edge(test, n) for n, test in enumerate(edges, 1))
        case kinds.Mean(target=target, scale=scale, where=where):
            no_better = _and(where, Compare("grade", "at_most", target, scale))
            worse = _and(where, Compare("grade", "below", target, scale))
            only = kinds.Filter(id=f"{EDGE}-only", where=no_better)
            yield "clause", said(target), "", (only, _edge(worse))
            yield "clause", said(target), "", (replace(only, where=worse),)
        case kinds.Best(count=count):
            more_items = (replace(clause, count=count + 1), _edge(None, 1, count + 1))
            yield "best", said(count), said(count + 1), more_items
        case kinds.Once(times=times):
            yield "times", said(times), said(times + 1), (replace(clause, times=times + 1),)
        case kinds.Share():
            yield from _shares(clause)
        case kinds.Bundle(of=of):
            for key in of:
                rest = OneOf("achievement", tuple(other for other in of if other != key))
                alone = OneOf("achievement", (key,))
                yield "clause", key, "", (_edge(rest), _no_more(alone, Decimal(0), "items"))


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
        yield "clause", str(clause.share), "", (_edge(clause.where, 1, part + step, clause.unit),)
        yield "clause", str(clause.share), "", (_no_more(other, Decimal(0), "items"),)
        return
    if part > step:
        edge = _edge(clause.where, 1, part - step, clause.unit)
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
