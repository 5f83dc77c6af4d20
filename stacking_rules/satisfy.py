"""Facts invented so that they pass a test: what examples of a rule are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from stacking_rules.facts import Value
from stacking_rules.selection import (
    AllTests,
    Anchor,
    AnyTest,
    Compare,
    Known,
    NotTest,
    OneOf,
    Recent,
    Test,
)

Wanted = dict[str, Value]
"""Name -> the value that a fact should have; the built-in names of tests are among them."""

DERIVED = ("uses", "used_in", "recorded", "kind")
"""What cannot be invented: awards and recording decide it, and nothing has been used so far."""


def satisfy(tests: Iterable[Test | None], as_of: date) -> Wanted | None:
    """Return values with which a fact passes all ``tests``; None if none were found.

    The first way that a test offers is taken, so None is no proof that there is none.
    """
    wanted: Wanted = {}
    for test in tests:
        found = {} if test is None else _one(test, as_of)
        if found is None:
            return None
        for name, value in found.items():
            if wanted.setdefault(name, value) != value:
                return None
    return wanted


def _one(test: Test, as_of: date) -> Wanted | None:
    match test:
        case AllTests(tests):
            return satisfy(tests, as_of)
        case AnyTest(tests):
            ways = (_one(part, as_of) for part in tests)
            return next((way for way in ways if way is not None), None)
        case NotTest(OneOf(name, _)):
            return {} if name in DERIVED else {name: "other"}
        case NotTest():
            return None
        case OneOf(name, values):
            is_none = name == "uses" and values == (Decimal(0),)
            return {} if is_none else None if name in DERIVED else {name: values[0]}
        case Known(name, is_known):
            return {name: "known"} if is_known else {}
        case Recent():
            return {}
    return _compared(test, as_of)


def avoid(test: Test) -> Wanted:
    """Return values with which a fact does not pass ``test``, where there are simple ones."""
    match test:
        case AllTests(tests) | AnyTest(tests):
            found: Wanted = {}
            for part in tests:
                found = avoid(part) | found
            return found
        case OneOf(name, values) if name not in (*DERIVED, "achievement"):
            first = values[0]
            if isinstance(first, bool):
                return {name: not first}
            return (
                {name: max(v for v in values if isinstance(v, Decimal)) + 1}
                if isinstance(first, Decimal)
                else {name: "other"}
            )
        case Compare(name, operator, Decimal() as value) if name not in ("grade", "credits"):
            return {name: value + (1 if operator in ("at_most", "below") else -1)}
    return {}


def _compared(test: Compare, as_of: date) -> Wanted | None:
    value = test.value
    if test.name in DERIVED:
        return {} if test.operator in ("at_most", "below") else None
    if isinstance(value, Anchor):
        return {}
    if isinstance(value, Decimal) and test.name == "grade":
        return {"grade": value, "scale": test.scale}
    if isinstance(value, Decimal):
        return {test.name: value + {"above": 1, "below": -1}.get(test.operator, 0)}
    if not isinstance(value, str):
        return None
    day = date.fromisoformat(value)
    moved = day + timedelta(days={"above": 1, "below": -1}.get(test.operator, 0))
    return {test.name: min(moved, as_of).isoformat()}
