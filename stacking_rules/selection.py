"""Tests on facts: which completions and awards a requirement looks at.

A test answers yes, no, or unknown (None) where the fact does not say what is asked; the three
are combined by Kleene's rules. Values compare inside one kind: numbers with numbers, dates and
other text with text. Comparing across kinds is unknown, never a silent no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from stacking_rules.facts import HUNDRED, Award, Completion, Value
from stacking_rules.spans import Span, add

Fact = Completion | Award


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the fact's values of ``name`` is one of ``values``."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """One of the fact's values of ``name`` is at-least, at-most, above or below ``value``.

    ``scale`` names the scale of a grade.
    """

    name: str
    operator: str
    value: Value
    scale: str = HUNDRED


@dataclass(frozen=True, slots=True)
class Recent:
    """The day of ``name`` ("on", "started") is not longer ago than ``span`` when it is asked."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class AllTests:
    """Every one holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyTest:
    """At least one holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class NotTest:
    """The test does not hold."""

    test: Test


Test = OneOf | Compare | Recent | AllTests | AnyTest | NotTest


def passes(test: Test, fact: Fact, as_of: date) -> bool | None:
    """Return whether ``fact`` passes ``test`` on ``as_of``; None where it does not say enough."""
    match test:
        case AllTests(tests):
            return all_of(passes(part, fact, as_of) for part in tests)
        case AnyTest(tests):
            return any_of(passes(part, fact, as_of) for part in tests)
        case NotTest(inner):
            found = passes(inner, fact, as_of)
            return None if found is None else not found
        case OneOf(name, wanted):
            values = _values(fact, name, None)
            return None if values is None else any_of(_equal(v, w) for v in values for w in wanted)
        case Compare(name, operator, value, scale):
            values = _values(fact, name, scale)
            if values is None:
                return None
            return any_of(_compare(found, operator, value) for found in values)
        case Recent(name, span):
            day = _day(fact, name)
            return None if day is None else add(day, span) >= as_of


def lapses(test: Test, fact: Fact) -> Iterator[date]:
    """Yield the days on which the answer of ``test`` for ``fact`` may change by itself."""
    match test:
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from lapses(part, fact)
        case NotTest(inner):
            yield from lapses(inner, fact)
        case Recent(name, span):
            day = _day(fact, name)
            if day is not None and add(day, span) < date.max:
                yield add(day, span) + timedelta(days=1)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Combine by Kleene's "and": no beats unknown, unknown beats yes; yes for nothing."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Combine by Kleene's "or": yes beats unknown, unknown beats no; no for nothing."""
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False


def _values(fact: Fact, name: str, scale: str | None) -> tuple[Value, ...] | None:
    """Return what the fact says of ``name``; None where it says nothing."""
    if name == "achievement":
        return (fact.achievement,)
    if name == "credits":
        return (fact.credits,)
    if name in ("on", "started"):
        day = _day(fact, name)
        return None if day is None else (day.isoformat(),)
    if name == "grade" and not isinstance(fact, Award):
        grade = fact.grade
        if grade is None or grade.scale != (scale or HUNDRED):
            return None
        return (grade.value,)
    return fact.values(name)


def _day(fact: Fact, name: str) -> date | None:
    if isinstance(fact, Award):
        return fact.awarded_on if name == "on" else None
    return fact.completed_on if name == "on" else fact.started_on


def _equal(found: Value, wanted: Value) -> bool | None:
    return found == wanted if type(found) is type(wanted) else None


def _compare(found: Value, operator: str, wanted: Value) -> bool | None:
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return _holds(operator, (found > wanted) - (found < wanted))
    if isinstance(found, str) and isinstance(wanted, str):
        return _holds(operator, (found > wanted) - (found < wanted))
    return None


def _holds(operator: str, order: int) -> bool:
    return {
        "at_least": order >= 0,
        "at_most": order <= 0,
        "above": order > 0,
        "below": order < 0,
    }[operator]
