"""Tests on facts (``where``), from plain data; every error names its address."""

from __future__ import annotations

import re

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import HUNDRED, Value
from stacking_rules.reading import (
    Scales,
    amount_of,
    any_mapping,
    day_of,
    escape,
    key_of,
    kind_of,
    list_of,
    mapping_of,
    one_of,
    read_grade,
    scale_of,
    span_of,
    text_of,
    values_of,
)
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

MAX_DEPTH = 10
OPERATORS = ("at_least", "at_most", "above", "below")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_SCALES: Scales = {}


def read_test(data: object, address: str, scales: Scales = _NO_SCALES, depth: int = 1) -> Test:
    """Read a test: a mapping of which every entry must hold.

    An entry is ``name: value``, ``name: [values]``, ``name: {at_least: value}`` (or at_most, above,
    below; a value may be a day that depends on the learner), ``name: {not: value or values}``,
    ``name: {known: true}``, ``on: {last: {years: 5}}``, or one of ``all``, ``any`` (lists of
    tests), ``not``.
    ``DocumentError`` names what is wrong, ``LimitExceededError`` more than 10 levels.
    """
    if depth > MAX_DEPTH:
        raise LimitExceededError("levels of tests", MAX_DEPTH)
    item = any_mapping(data, address)
    if not item:
        raise DocumentError(address, "A test needs at least one entry.")
    tests = tuple(
        _entry(name, value, f"{address}/{escape(name)}", depth, scales)
        for name, value in item.items()
    )
    return tests[0] if len(tests) == 1 else AllTests(tests)


def _entry(name: str, value: object, address: str, depth: int, scales: Scales) -> Test:
    if name in ("all", "any"):
        parts = tuple(
            read_test(part, f"{address}/{index}", scales, depth + 1)
            for index, part in enumerate(list_of(value, address))
        )
        return AllTests(parts) if name == "all" else AnyTest(parts)
    if name == "not":
        return NotTest(read_test(value, address, scales, depth + 1))
    if not isinstance(value, dict):
        return OneOf(name, values_of(value, address))
    if set(value) == {"not"}:
        return NotTest(OneOf(name, values_of(value["not"], f"{address}/not")))
    if set(value) == {"known"} and isinstance(value["known"], bool):
        return Known(name, value["known"])
    if "last" in value:
        return _recent(name, value, address)
    return _comparison(name, value, address, scales)


def _recent(name: str, value: dict[str, object], address: str) -> Test:
    if name not in ("on", "started"):
        raise DocumentError(address, "'last' looks at the day of 'on' or 'started'.")
    item = mapping_of(value, address, ("last", "at"))
    span = span_of(item["last"], f"{address}/last")
    if "at" not in item:
        return Recent(name, span)
    return Recent(name, span, read_anchor(item["at"], f"{address}/at"))


def _comparison(name: str, value: dict[str, object], address: str, scales: Scales) -> Test:
    other = {"grade": "scale", "level": "framework"}.get(name)
    used = [operator for operator in OPERATORS if operator in value]
    stray = [key for key in value if key not in used and key != other]
    if stray or not used:
        known = ", ".join((*OPERATORS, "not", "last", "known"))
        raise DocumentError(address, f"Here one of {known} is needed, not {kind_of(value)}.")
    scale = HUNDRED
    if other == "scale":
        scale = scale_of(value.get("scale", HUNDRED), f"{address}/scale", scales)
    elif other is not None and other in value:
        scale = text_of(value[other], f"{address}/{other}")
    tests = tuple(
        Compare(name, operator, _bound(name, value[operator], scale, here, scales), scale)
        for operator in used
        for here in (f"{address}/{operator}",)
    )
    return tests[0] if len(tests) == 1 else AllTests(tests)


def _bound(name: str, value: object, scale: str, address: str, scales: Scales) -> Value | Anchor:
    if name == "grade":
        return read_grade(value, scale, address, scales).value
    if isinstance(value, dict):
        return read_anchor(value, address)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_of(value, address).isoformat()
    return amount_of(value, address, least=-1_000_000)


ANCHORS = ("event", "award", "expiry", "completed", "asked")


def read_anchor(data: object, address: str) -> Anchor:
    """Read a day that depends on the learner: ``{event: applied, plus: {years: 3}}``."""
    item = mapping_of(data, address, (*ANCHORS, "plus", "minus", "end_of"))
    found = [name for name in ANCHORS if name in item]
    if len(found) != 1:
        raise DocumentError(address, f"A day needs one of {', '.join(ANCHORS)}.")
    source = found[0]
    if source == "asked" and item[source] is not True:
        raise DocumentError(f"{address}/asked", "The day asked for is written 'asked: true'.")
    key = "" if source == "asked" else key_of(item[source], f"{address}/{source}")
    if "end_of" in item:
        one_of(item["end_of"], ("year",), f"{address}/end_of")
    return Anchor(source, key, _moved(item, address), "end_of" in item)


def _moved(item: dict[str, object], address: str) -> Span:
    later = span_of(item["plus"], f"{address}/plus") if "plus" in item else Span()
    sooner = span_of(item["minus"], f"{address}/minus") if "minus" in item else Span()
    return Span(later.months - sooner.months, later.days - sooner.days)
