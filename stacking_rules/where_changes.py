"""Small changes of a test on facts: a limit by one step, one value less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from stacking_rules.definitions import Definitions
from stacking_rules.facts import Grade
from stacking_rules.rule_changes import days_beside, said
from stacking_rules.selection import (
    AllTests,
    Anchor,
    AnyTest,
    Compare,
    NotTest,
    OneOf,
    Recent,
    Test,
)
from stacking_rules.spans import Span

TestChange = tuple[str, str, Test]
"""(what was, what is, the changed test)."""


def changed_tests(test: Test, definitions: Definitions) -> Iterator[TestChange]:
    """Yield ``test`` with one thing in it changed by the smallest step."""
    match test:
        case AllTests(tests) | AnyTest(tests):
            for index, part in enumerate(tests):
                for before, after, changed in changed_tests(part, definitions):
                    others = (*tests[:index], changed, *tests[index + 1 :])
                    yield before, after, replace(test, tests=others)
        case NotTest(inner):
            for before, after, changed in changed_tests(inner, definitions):
                yield before, after, NotTest(changed)
        case _:
            yield from _changed_literal(test, definitions)


def _changed_literal(test: Test, definitions: Definitions) -> Iterator[TestChange]:
    match test:
        case OneOf(name, values) if len(values) > 1:
            for value in values:
                rest = tuple(other for other in values if other != value)
                yield f"{name} {said(value)}", "", OneOf(name, rest)
        case Compare("grade", _, Decimal() as value, scale):
            for other in grades_beside(Grade(value, scale), definitions):
                yield said(value), said(other.value), replace(test, value=other.value)
        case Compare() | Recent():
            yield from _later(test)


def _later(test: Compare | Recent) -> Iterator[TestChange]:
    if isinstance(test, Compare):
        for moved in _moved(test.value):
            yield _say(test.value), _say(moved), replace(test, value=moved)
        return
    for days in (1, -1):
        longer = Span(test.span.months, test.span.days + days)
        yield _say(test.span), _say(longer), replace(test, span=longer)


def _moved(value: object) -> Iterator[Decimal | str | Anchor]:
    if isinstance(value, Decimal):
        yield from (value + 1, value - 1)
    elif isinstance(value, Anchor):
        for days in (1, -1):
            yield replace(value, span=Span(value.span.months, value.span.days + days))
    elif isinstance(value, str):
        yield from (day.isoformat() for _, day in days_beside(date.fromisoformat(value)))


def _say(value: object) -> str:
    if isinstance(value, Anchor):
        return f"{value.source} {value.key} {_say(value.span)}"
    if isinstance(value, Span):
        return f"P{value.months}M{value.days}D"
    return said(value)


def grades_beside(grade: Grade, definitions: Definitions) -> Iterator[Grade]:
    """Yield the grades one step above and below on the scale, where there are some."""
    scale = definitions.scales.get(grade.scale)
    if scale is None:
        yield from (replace(grade, value=grade.value + step, text="") for step in (1, -1))
        return
    points = [scale.grade(text, grade.scale) for text in scale.grades]
    known = [found for found in points if found is not None]
    above = [found for found in known if found.value > grade.value]
    below = [found for found in known if found.value < grade.value]
    yield from above[:1]
    yield from below[-1:]
