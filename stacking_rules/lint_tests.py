"""Tests that nothing can pass, whatever is held: they contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.definitions import Definitions
from stacking_rules.facts import HUNDRED, Value
from stacking_rules.findings import ERROR, WARNING, Finding, Spot
from stacking_rules.implications import follows
from stacking_rules.requirements import (
    Amount,
    Completed,
    LearnerIs,
    Limit,
    Single,
)
from stacking_rules.selection import AllTests, AnyTest, Compare, NotTest, OneOf, Test, in_order

SINGLE = ("achievement", "kind", "credits", "on", "started", "recorded", "grade", "uses")
"""Built-in names of which a fact has one value; of an attribute it may have several."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two demands on ``name`` that exclude each other; for sure if it has a single value."""

    name: str
    first: str
    second: str
    is_sure: bool


def contradictions(spot: Spot) -> Iterator[Finding]:
    """Find tests that no fact can pass: of the requirement with its filters, and of clauses."""
    node = spot.node
    if isinstance(node, Single | Amount | Limit | LearnerIs):
        tests = [test for test in (getattr(node, "where", None), _floor(node)) if test is not None]
        filters = () if isinstance(node, Limit | LearnerIs) else filters_of(spot)
        yield from _found(spot, [*tests, *filters], None)
    for clause in node.clauses:
        where = getattr(clause, "where", None)
        if where is not None:
            yield from _found(spot, [where], clause)


def filters_of(spot: Spot) -> list[Test]:
    """Return the tests of all filters that what counts at ``spot`` has to pass."""
    clauses = (clause for at in spot.scope for clause in at.node.clauses)
    return [clause.where for clause in clauses if isinstance(clause, kinds.Filter)]


def _floor(node: object) -> Test | None:
    grade = node.grade if isinstance(node, Completed | Amount) else None
    return None if grade is None else Compare("grade", "at_least", grade.value, grade.scale)


def _found(spot: Spot, tests: Sequence[Test], clause: kinds.Clause | None) -> Iterator[Finding]:
    clash = clash_in(tests, spot.stack.definitions)
    if clash is None:
        return
    is_learner = isinstance(spot.node, LearnerIs)
    is_sure = clash.is_sure and not (is_learner and clash.name in SINGLE)
    severity = ERROR if is_sure else WARNING
    code = "never-passes" if is_sure else "several-values"
    yield spot.finding(
        severity, code, clause=clause, name=clash.name, first=clash.first, second=clash.second
    )


def clash_in(tests: Sequence[Test], definitions: Definitions) -> Clash | None:
    """Return the first two demands of ``tests``, which must all hold, that cannot hold together.

    Ways round of an "any" are looked at one by one: it clashes only where each of them does.
    """
    flat = list(_flat(tests))
    for index, test in enumerate(flat):
        for other in flat[index + 1 :]:
            found = _clash(test, other)
            if found is not None:
                return found
        out_of_scale = _beyond_scale(test, definitions)
        if out_of_scale is not None:
            return out_of_scale
    for test in flat:
        if isinstance(test, AnyTest):
            rest = [other for other in flat if other is not test]
            ways = [clash_in([*rest, way], definitions) for way in test.tests]
            if ways and all(way is not None for way in ways):
                return next((way for way in ways if way and not way.is_sure), ways[0])
    return None


def _flat(tests: Sequence[Test]) -> Iterator[Test]:
    for test in tests:
        if isinstance(test, AllTests):
            yield from _flat(test.tests)
        else:
            yield test


def _clash(one: Test, other: Test) -> Clash | None:
    for first, second in ((one, other), (other, one)):
        if isinstance(second, NotTest) and follows(first, second.test):
            return Clash(_name(first), said(first), said(second), is_sure=True)
        if _are_apart(first, second):
            return Clash(_name(one), said(one), said(other), is_sure=_name(one) in SINGLE)
    return None


def _are_apart(one: Test, other: Test) -> bool:
    """Return whether no single value is what both ask for."""
    match one, other:
        case OneOf(name, values), OneOf(same, others):
            return name == same and set(values).isdisjoint(others)
        case OneOf(name, values), Compare(same):
            # What is converted first, a grade or a level of a framework, is not compared here.
            is_plain = name == same and other.scale == HUNDRED and name != "grade"
            return is_plain and not any(_within(value, other) for value in values)
        case Compare(name, _, _, scale), Compare(same):
            return (name, scale) == (same, other.scale) and _is_empty(one, other)
    return False


def _within(value: Value, bound: Compare) -> bool:
    """Return whether ``value`` may lie within ``bound``: what cannot be compared may."""
    limit = bound.value
    if isinstance(value, Decimal) and isinstance(limit, Decimal):
        return in_order(bound.operator, (value > limit) - (value < limit))
    if isinstance(value, str) and isinstance(limit, str):
        return in_order(bound.operator, (value > limit) - (value < limit))
    return True


def _is_empty(one: Compare, other: Compare) -> bool:
    """Return whether no value is within both bounds, of which one must be a lower one."""
    for low, high in ((one, other), (other, one)):
        if low.operator in ("at_least", "above") and high.operator in ("at_most", "below"):
            is_closed = low.operator == "at_least" and high.operator == "at_most"
            limit = low.value
            if isinstance(limit, Decimal | str) and type(limit) is type(high.value):
                edge = Compare(high.name, "at_most" if is_closed else "below", high.value)
                return not _within(limit, edge)
    return False


def _beyond_scale(test: Test, definitions: Definitions) -> Clash | None:
    """Find a grade above the best, or below the worst, that a declared scale has."""
    if not isinstance(test, Compare) or test.name != "grade":
        return None
    scale = definitions.scales.get(test.scale)
    if scale is None or any(table.target == test.scale for table in definitions.tables):
        return None
    values = scale.points or tuple(Decimal(index) for index in range(len(scale.grades)))
    if any(_within(value, test) for value in values):
        return None
    return Clash("grade", said(test), f"{scale.grades[0]} to {scale.grades[-1]}", is_sure=True)


def _name(test: Test) -> str:
    return str(getattr(test, "name", ""))


def said(test: Test) -> str:
    """Return a test in a few words: values, an operator with its bound, or those of its parts."""
    match test:
        case OneOf(_, values):
            return ", ".join(str(value) for value in values)
        case Compare(_, operator, value):
            return f"{operator} {value}" if isinstance(value, Decimal | str) else operator
        case NotTest(inner):
            return f"not {said(inner)}"
        case AllTests(tests) | AnyTest(tests):
            word = " and " if isinstance(test, AllTests) else " or "
            return f"({word.join(f'{_name(part)} {said(part)}'.strip() for part in tests)})"
    return type(test).__name__.lower()
