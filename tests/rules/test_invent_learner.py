"""A learner made up for a rule: attributes that are asked for, and days from which is measured."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from stacking_rules import leaves
from stacking_rules.facts import Learner
from stacking_rules.invent_learner import invent_learner
from stacking_rules.selection import Asked
from tests.rules.helpers import TODAY, stack

EARLY, LATE = TODAY - timedelta(days=300), TODAY - timedelta(days=100)


def invented(rule: object, *others: object) -> Learner:
    trees = [stack(other).requires for other in (rule, *others)]
    tests = [test for tree in trees for test in leaves.tests_of("/", tree)]
    return invent_learner(trees[0], trees[1:], tests, Asked(TODAY))


def days(*tests: dict[str, Any]) -> dict[str, str]:
    rule = {"all": [{"id": f"n{n}", "items": 1, "where": test} for n, test in enumerate(tests)]}
    return {name: str(day) for name, day in invented(rule).events}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"on": {"at_least": {"event": "e"}}}, EARLY),
        ({"on": {"above": {"event": "e"}}}, EARLY),
        ({"on": {"above": {"event": "e", "plus": {"days": 9}}}}, EARLY),
        ({"on": {"above": {"event": "e", "minus": {"days": 9}}}}, EARLY),
        ({"on": {"above": {"event": "e", "minus": {"months": 1}}}}, LATE),
        ({"on": {"below": {"event": "e"}}}, LATE),
        ({"on": {"at_most": {"event": "e"}}}, LATE),
        ({"on": {"below": {"event": "e", "minus": {"days": 9}}}}, LATE),
        ({"on": {"below": {"event": "e", "plus": {"days": 1}}}}, LATE - timedelta(days=1)),
        ({"on": {"below": {"event": "e", "plus": {"months": 1}}}}, date(2026, 2, 22)),
        ({"on": {"last": {"days": 30}, "at": {"event": "e"}}}, LATE),
        ({"x": 1, "on": {"below": {"event": "e"}}}, LATE),
        ({"not": {"on": {"below": {"event": "e"}}}}, LATE),
    ],
)
def test_events_lie_early_where_facts_follow_and_late_where_they_precede(
    test: dict[str, Any], expected: date
) -> None:
    assert days(test) == {"e": str(expected)}


def test_what_is_to_follow_decides_about_an_event() -> None:
    after, before = {"on": {"above": {"event": "e"}}}, {"on": {"below": {"event": "e"}}}
    other = {"on": {"below": {"event": "f"}}}
    assert days(after, before, other) == {"e": str(EARLY), "f": str(LATE)}
    assert days(before, other, after) == {"e": str(EARLY), "f": str(LATE)}


def test_other_days_are_no_events() -> None:
    award, asked = {"on": {"above": {"award": "x"}}}, {"on": {"last": {"days": 3}}}
    assert days(award, asked, {"on": {"above": "2026-01-01"}}) == {}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"learner": {"x": "p"}}, {"x": "p"}),
        ({"all": ["a", {"none": [{"learner": {"x": "p"}}]}]}, {"x": "other"}),
        ({"all": [{"learner": {"x": "p"}}, {"id": "y", "learner": {"y": True}}]},
         {"x": "p", "y": "True"}),
        ({"if": {"learner": {"x": "p"}}, "then": "a", "else": "b"}, {"x": "other"}),
        ({"any": ["a", {"all": [{"learner": {"x": "p"}}, "b"]}]}, {"x": "p"}),
        ("a", {}),
    ],
)  # fmt: skip
def test_the_learner_is_what_the_rule_asks_for(rule: object, expected: dict[str, str]) -> None:
    assert {name: str(values[0]) for name, values in invented(rule).attributes} == expected


def test_what_only_the_whole_stack_asks_is_said_too() -> None:
    found = invented("a", {"learner": {"x": "p"}})
    assert found.attributes == (("x", ("p",)),)


def test_a_learner_knows_the_days_that_conditions_ask_for() -> None:
    found = dict(invented({"learner": {"enrolled": {"above": "2026-01-01"}}}).attributes)
    assert found["enrolled"] > ("2026-01-01",)
