"""Tests on work and on learners as the condition of a sentence: "the grade is above 70"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lti_tool.rule_reading.amounts import span_words
from lti_tool.rule_reading.reader import Reader
from lti_tool.translating import Words, _, day, listed, marked, number
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

NAMES = Words(
    {
        "on": "the finish day",
        "started": "the start day",
        "recorded": "the day of record",
        "grade": "the grade",
        "credits": "the amount of credits",
        "achievement": "the achievement",
        "kind": "the kind",
        "uses": "the count of other awards using it",
        "used_in": "any other award using it",
    }
)
DAYS = ("on", "started", "recorded")

BOUNDS = {
    "at_least": marked("{name} is at least {value}"),
    "at_most": marked("{name} is at most {value}"),
    "above": marked("{name} is above {value}"),
    "below": marked("{name} is below {value}"),
}
DAY_BOUNDS = {
    "at_least": marked("{name} is on or after {day}"),
    "at_most": marked("{name} is on or before {day}"),
    "above": marked("{name} is after {day}"),
    "below": marked("{name} is before {day}"),
}
LATELY = {
    "on": marked("it was finished in the last {span}"),
    "started": marked("it was started in the last {span}"),
    "recorded": marked("it was recorded in the last {span}"),
    "": marked("{name} lies in the last {span}"),
}
LATELY_AT = {
    "on": marked("it was finished in the last {span} before {day}"),
    "started": marked("it was started in the last {span} before {day}"),
    "recorded": marked("it was recorded in the last {span} before {day}"),
    "": marked("{name} lies in the last {span} before {day}"),
}
ANCHORS = {
    "event": marked("the day of the event {key}"),
    "award": marked("the day of the award {key}"),
    "expiry": marked("the day on which {key} ends"),
    "completed": marked("the day of the completion of {key}"),
    "asked": marked("the day asked for"),
}


def condition(test: Test, reader: Reader) -> str:
    """Return what a test asks for."""
    match test:
        case AllTests(tests):
            return listed([_inner(part, reader) for part in tests], joint="and")
        case AnyTest(tests):
            return listed([_inner(part, reader) for part in tests])
        case NotTest(OneOf(name, values)):
            said = values_words(values, reader)
            if name == "used_in":
                return _("it has not counted for {names}", names=said)
            return _("{name} is not {value}", name=_name(name), value=said)
        case NotTest(inner):
            return _("this is not so: {condition}", condition=_inner(inner, reader))
    return _simple(test, reader)


def _inner(test: Test, reader: Reader) -> str:
    """Return a condition inside another: lists of more than one in brackets."""
    words = condition(test, reader)
    is_list = isinstance(test, AllTests | AnyTest) and len(test.tests) > 1
    return f"({words})" if is_list else words


def _simple(test: OneOf | Compare | Recent | Known, reader: Reader) -> str:
    match test:
        case OneOf("used_in", values):
            return _("it has counted for {names}", names=values_words(values, reader))
        case OneOf(name, values):
            return _("{name} is {value}", name=_name(name), value=values_words(values, reader))
        case Known(name, True):
            return _("{name} is known", name=_name(name))
        case Known(name, _is_known):
            return _("{name} is not known", name=_name(name))
        case Recent():
            return _recent(test, reader)
        case Compare():
            return _compare(test, reader)


def _recent(test: Recent, reader: Reader) -> str:
    about = test.name if test.name in DAYS else ""
    said = {"name": _name(test.name), "span": span_words(test.span)}
    if test.anchor == Anchor("asked"):
        return _(LATELY[about], **said)
    return _(LATELY_AT[about], day=anchor_words(test.anchor, reader), **said)


def _compare(test: Compare, reader: Reader) -> str:
    name, value = _name(test.name), test.value
    if isinstance(value, Anchor):
        return _(DAY_BOUNDS[test.operator], name=name, day=anchor_words(value, reader))
    if _day(value) is not None:
        return _(DAY_BOUNDS[test.operator], name=name, day=_value(value, reader))
    if test.name == "grade":
        grade = reader.grade(value, test.scale) if isinstance(value, Decimal) else str(value)
        if test.operator == "at_least":
            return _("the grade is {grade} or better", grade=grade)
        return _(BOUNDS[test.operator], name=name, value=grade)
    said = _value(value, reader)
    if test.scale != HUNDRED:
        said = _("{value} in {framework}", value=said, framework=test.scale)
    return _(BOUNDS[test.operator], name=name, value=said)


def anchor_words(anchor: Anchor, reader: Reader) -> str:
    """Return a day that depends on the learner."""
    words = _(ANCHORS[anchor.source], key=reader.name(anchor.key))
    later = Span(max(anchor.span.months, 0), max(anchor.span.days, 0))
    sooner = Span(max(-anchor.span.months, 0), max(-anchor.span.days, 0))
    if later:
        words = _("the day {span} after {day}", span=span_words(later), day=words)
    if sooner:
        words = _("the day {span} before {day}", span=span_words(sooner), day=words)
    return _("the last day of the year of {day}", day=words) if anchor.to_year_end else words


def _name(name: str) -> str:
    return NAMES.get(name, name)


def values_words(values: Sequence[Value], reader: Reader) -> str:
    """Return values of which one is asked for: a, b or 12 May 2026."""
    return listed([_value(value, reader) for value in values])


def _value(value: Value, reader: Reader) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return number(value)
    found = _day(value)
    return reader.name(value) if found is None else day(found)


def _day(value: Value | Anchor) -> date | None:
    """Return the day that a value is, if it is one."""
    try:
        is_written_so = isinstance(value, str) and len(value) == len("2026-05-12")
        return date.fromisoformat(str(value)) if is_written_so else None
    except ValueError:
        return None
