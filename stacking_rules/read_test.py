"""Tests on facts (``where``), from plain data; every error names its address."""

from __future__ import annotations

import re
from decimal import Decimal

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import HUNDRED, Value
from stacking_rules.reading import (
    amount_of,
    any_mapping,
    escape,
    kind_of,
    list_of,
    mapping_of,
    scale_of,
    whole_of,
)
from stacking_rules.selection import AllTests, AnyTest, Compare, NotTest, OneOf, Recent, Test
from stacking_rules.spans import Span

MAX_DEPTH = 10
LONGEST = 1_000
"""Years, months or days of a span at most."""
OPERATORS = ("at_least", "at_most", "above", "below")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_test(data: object, address: str, depth: int = 1) -> Test:
    """Read a test: a mapping of which every entry must hold.

    An entry is ``name: value``, ``name: [values]``, ``name: {at_least: value}`` (or at_most, above,
    below), ``name: {not: value or values}``, ``on: {last: {years: 5}}``, or one of ``all``, ``any``
    (lists of tests), ``not``.
    ``DocumentError`` names what is wrong, ``LimitExceededError`` more than 10 levels.
    """
    if depth > MAX_DEPTH:
        raise LimitExceededError("levels of tests", MAX_DEPTH)
    item = any_mapping(data, address)
    if not item:
        raise DocumentError(address, "A test needs at least one entry.")
    tests = tuple(
        _entry(name, value, f"{address}/{escape(name)}", depth) for name, value in item.items()
    )
    return tests[0] if len(tests) == 1 else AllTests(tests)


def _entry(name: str, value: object, address: str, depth: int) -> Test:
    if name in ("all", "any"):
        parts = tuple(
            read_test(part, f"{address}/{index}", depth + 1)
            for index, part in enumerate(list_of(value, address))
        )
        return AllTests(parts) if name == "all" else AnyTest(parts)
    if name == "not":
        return NotTest(read_test(value, address, depth + 1))
    if not isinstance(value, dict):
        return OneOf(name, values_of(value, address))
    if set(value) == {"not"}:
        return NotTest(OneOf(name, values_of(value["not"], f"{address}/not")))
    if set(value) == {"last"}:
        return _recent(name, value["last"], address)
    return _comparison(name, value, address)


def _recent(name: str, data: object, address: str) -> Test:
    if name not in ("on", "started"):
        raise DocumentError(address, "'last' looks at the day of 'on' or 'started'.")
    return Recent(name, read_span(data, f"{address}/last"))


def read_span(data: object, address: str) -> Span:
    """Read a length of calendar time: whole ``years``, ``months`` or ``days``, or several."""
    item = mapping_of(data, address, ("years", "months", "days"))
    if not item:
        raise DocumentError(address, "A span of time has years, months or days.")
    amounts = {name: whole_of(value, f"{address}/{name}", LONGEST) for name, value in item.items()}
    months = 12 * amounts.get("years", 0) + amounts.get("months", 0)
    return Span(months, amounts.get("days", 0))


def _comparison(name: str, value: dict[str, object], address: str) -> Test:
    scale = scale_of(value.get("scale", HUNDRED), f"{address}/scale")
    used = [operator for operator in OPERATORS if operator in value]
    stray = [key for key in value if key not in used and (key != "scale" or name != "grade")]
    if stray or not used:
        known = ", ".join((*OPERATORS, "not", "last"))
        raise DocumentError(address, f"Here one of {known} is needed, not {kind_of(value)}.")
    tests = tuple(
        Compare(name, operator, _bound(value[operator], f"{address}/{operator}"), scale)
        for operator in used
    )
    return tests[0] if len(tests) == 1 else AllTests(tests)


def _bound(value: object, address: str) -> Value:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    return amount_of(value, address)


def values_of(data: object, address: str) -> tuple[Value, ...]:
    """Read one value or a list of them: text, true or false, numbers."""
    if isinstance(data, list):
        items = list_of(data, address)
        return tuple(_value(item, f"{address}/{index}") for index, item in enumerate(items))
    return (_value(data, address),)


def _value(data: object, address: str) -> Value:
    if isinstance(data, str | bool):
        return data
    if isinstance(data, int | Decimal):
        return Decimal(data)
    raise DocumentError(
        address, f"Here text, a number, true or false is needed, not {kind_of(data)}."
    )
