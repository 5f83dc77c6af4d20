"""Tests on facts back to plain data: the shortest that reads as the same test."""

from __future__ import annotations

from decimal import Decimal

from stacking_rules.facts import HUNDRED, Value
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
from stacking_rules.spans import Span

Plain = dict[str, object]
OPERATORS = ("at_least", "at_most", "above", "below")


def write_where(test: Test | None) -> Plain:
    """Return the entry ``where`` of what looks at facts that pass ``test``."""
    return {} if test is None else {"where": write_test(test)}


def write_test(test: Test) -> Plain:
    """Return a test as it is written in a document."""
    match test:
        case AllTests(tests):
            return _bounds(tests) or _together(tests)
        case AnyTest(tests):
            return {"any": [write_test(part) for part in tests]}
        case NotTest(OneOf(name, values)):
            return {name: {"not": write_values(values)}}
        case NotTest(inner):
            return {"not": write_test(inner)}
    return _simple(test)


def _together(tests: tuple[Test, ...]) -> Plain:
    """Return one mapping where every test is one entry of it, otherwise a list of tests."""
    parts = [write_test(part) for part in tests]
    names = [name for part in parts for name in part]
    if len(set(names)) == len(names) == len(parts) > 1:
        return {name: value for part in parts for name, value in part.items()}
    return {"all": parts}


def _bounds(tests: tuple[Test, ...]) -> Plain:
    """Return bounds on one thing together: ``number: {at_least: 500, at_most: 590}``."""
    bounds = [test for test in tests if isinstance(test, Compare)]
    operators = [test.operator for test in bounds]
    if len(bounds) < len(tests) or operators != [op for op in OPERATORS if op in operators]:
        return {}
    if len(bounds) < 2 or len({(test.name, test.scale) for test in bounds}) > 1:
        return {}
    first = bounds[0]
    limits = {test.operator: _limit(test.value) for test in bounds}
    return {first.name: {**limits, **_on_scale(first)}}


def _simple(test: OneOf | Compare | Recent | Known) -> Plain:
    match test:
        case OneOf(name, values):
            return {name: write_values(values)}
        case Known(name, is_known):
            return {name: {"known": is_known}}
        case Recent(name, span, anchor):
            at: Plain = {} if anchor == Anchor("asked") else {"at": _anchor(anchor)}
            return {name: {"last": write_span(span), **at}}
        case Compare(name, operator, value, _):
            return {name: {operator: _limit(value), **_on_scale(test)}}


def _on_scale(test: Compare) -> Plain:
    if test.scale == HUNDRED:
        return {}
    return {"scale" if test.name == "grade" else "framework": test.scale}


def _limit(value: Value | Anchor) -> object:
    return _anchor(value) if isinstance(value, Anchor) else _value(value)


def write_values(values: tuple[Value, ...]) -> object:
    """Return one value as it is, several as a list."""
    found = [_value(value) for value in values]
    return found[0] if len(found) == 1 else found


def _value(value: Value) -> object:
    return write_number(value) if isinstance(value, Decimal) else value


def write_number(value: Decimal) -> object:
    """Return a whole number as such, any other as a decimal (which YAML and JSON write exactly)."""
    return int(value) if value == int(value) else value


def _anchor(anchor: Anchor) -> Plain:
    key: object = True if anchor.source == "asked" else anchor.key
    found: Plain = {anchor.source: key}
    later = Span(max(anchor.span.months, 0), max(anchor.span.days, 0))
    sooner = Span(max(-anchor.span.months, 0), max(-anchor.span.days, 0))
    if later != Span():
        found["plus"] = write_span(later)
    if sooner != Span():
        found["minus"] = write_span(sooner)
    if anchor.to_year_end:
        found["end_of"] = "year"
    return found


def write_span(span: Span) -> Plain:
    """Return a length of time in years, months and days."""
    years, months = divmod(span.months, 12)
    amounts = {"years": years, "months": months, "days": span.days}
    return {name: amount for name, amount in amounts.items() if amount} or {"days": 0}
