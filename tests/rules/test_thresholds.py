"""A rule becomes thresholds: what is given, what is spoken of elsewhere, and what binds."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import Progress, evaluate, next_steps, parse_record, parse_stack
from tests.rules.helpers import NOW, TODAY

SHARING = "share"
"""What the clause between two requirements is called."""


def found(rule: object, *facts: Any, **more: Any) -> Progress:
    usual = {"on": "2026-02-01", "credits": 3}
    named = [fact if isinstance(fact, dict) else {"achievement": fact} for fact in facts]
    completions = [usual | {"id": fact["achievement"]} | fact for fact in named]
    record = parse_record({"completions": completions, **more})
    stack = parse_stack({"key": "s", "requires": rule})
    return evaluate(stack, record, as_of=TODAY, known_on=NOW)


def status(rule: object, *facts: Any, **more: Any) -> str:
    return found(rule, *facts, **more).status.value


NURSE, COOK = ({"learner": {"attributes": {"job": job}}} for job in ("nurse", "cook"))
CHOICE = {"if": {"learner": {"job": "nurse"}}, "then": "x", "else": "y"}


@pytest.mark.parametrize(
    ("facts", "nurse", "cook", "nobody"),
    [
        ("", "not-met", "not-met", "not-met"),
        ("x", "met", "not-met", "unknown"),
        ("y", "not-met", "met", "unknown"),
        ("xy", "met", "met", "met"),
    ],
)
def test_a_choice_that_is_open_is_met_by_both_ways_and_may_be_by_either(
    facts: str, nurse: str, cook: str, nobody: str
) -> None:
    for rule in (CHOICE, {"all": [{"id": "case", **CHOICE}, {"items": 0, "id": "none"}]}):
        assert status(rule, *facts, **NURSE) == nurse
        assert status(rule, *facts, **COOK) == cook
        assert status(rule, *facts) == nobody


def test_a_choice_without_another_way_asks_for_nothing_else() -> None:
    rule = {name: CHOICE[name] for name in ("if", "then")}
    assert status(rule, **COOK) == "met"
    assert status(rule, **NURSE) == "not-met"
    assert status(rule) == "unknown"
    assert status(rule, "x") == "met"


def test_what_is_given_opens_or_closes_its_place_and_no_other() -> None:
    rule = {"at_least": 2, "of": ["x", {"none": ["y"], "id": "no"}, {"learner": {"job": "nurse"}}]}
    assert status(rule, "x") == "met"
    assert status(rule, "x", "y") == "unknown"
    assert status(rule, "x", "y", **NURSE) == "met"
    assert status(rule, "x", "y", **COOK) == "not-met"
    assert status(rule, **NURSE) == "met"


def test_a_part_of_a_group_that_is_spoken_of_elsewhere_is_one_of_its_own() -> None:
    later = {"id": "l", "items": 1, "of": ["z"], "after": "/g/a"}
    rule = {"all": [{"id": "g", "all": ["a", "c"]}, later]}
    z = {"achievement": "z", "started": "2026-02-02", "on": "2026-03-01"}
    first, late = ({"achievement": "a", "on": on} for on in ("2026-02-01", "2026-02-03"))
    after_all = {"achievement": "c", "on": "2026-05-01"}
    assert status(rule, first, after_all, z) == "met"
    assert status(rule, late, after_all, z) == "not-met"


def test_parts_of_two_groups_may_share_what_both_ask_for() -> None:
    groups = [{"id": "g", "all": ["a", "c"]}, {"id": "h", "all": ["a", "d"]}]
    assert status({"all": groups}, "a", "c", "d") == "not-met"
    both = {"between": ["/g/a", "/h/a"], "at_most": {"items": 1}}
    assert status({"all": groups, SHARING: [both]}, "a", "c", "d") == "met"
    assert status({"all": groups, SHARING: [both | {"at_most": {"items": 0}}]}, *"acd") == "not-met"


def test_a_part_that_asks_for_anything_sees_what_is_named_nowhere() -> None:
    progress = found({"all": ["x", {"id": "m", "items": 1}]}, "y")
    assert progress.status.value == "not-met"
    assert [part.status.value for part in progress.children] == ["not-met", "met"]


def test_a_mean_over_attempts_does_not_bind_what_counts() -> None:
    rule = {"items": 1, "of": ["x"], "of_which": [{"mean": 70, "over": "attempted"}]}
    low, high = {"achievement": "x", "grade": 60}, {"achievement": "y", "grade": 90}
    assert status(rule, low, high) == "met"
    assert status(rule, low) == "not-met"
    assert status(rule, high | {"achievement": "x"}, low | {"achievement": "y"}) == "met"


def test_the_filter_or_else_the_amount_at_fault_is_named_beside_parts_that_have_none() -> None:
    own = {"id": "own", "items": 1, "of": ["x"], "filters": [{"where": {"color": "red"}}]}
    blue = {"achievement": "x", "attributes": {"color": "blue"}}
    for parts in ([own, "y"], ["y", own]):
        progress = found({"all": parts}, blue, "y")
        assert progress.status.value == "not-met"
        assert progress.at_fault == ("/own/filter",)
    assert found({"all": [own, "y"]}, "y").at_fault == ("/own",)


def test_points_and_items_are_decided_together() -> None:
    points = {"id": "p", "points": 60, "of": ["x", "y"]}
    items = {"id": "i", "items": 1, "of": ["x", "z"]}
    x, y = ({"achievement": key, "grade": 60} for key in "xy")
    assert status({"all": [points, items]}, x) == "not-met"
    assert status({"all": [points, items]}, x, y) == "met"
    assert status({"all": [points, items]}, x, "z") == "met"
    assert next_steps(found({"all": [items]}, x)) == ()
