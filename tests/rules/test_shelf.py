"""A learner's facts are put in order once, and seen by each stack as its document says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from stacking_rules import Award, Stack, evaluate, parse_document, parse_record
from stacking_rules.shelf import Shelf
from tests.rules.helpers import NOW, TODAY


def stack_of(rule: object, **more: Any) -> Stack:
    inner = {name: more.pop(name) for name in ("repeats", "supersedes") if name in more}
    stacks = [{"key": "s", "requires": rule, **inner}]
    return parse_document({"quoin": 1, "stacks": stacks, **more}).stacks[0]


def fact(achievement: str, name: str = "", on: str = "2026-02-01", **more: Any) -> dict[str, Any]:
    return {"achievement": achievement, "id": name or achievement, "on": on, "credits": 3, **more}


def status(stack: Stack, *facts: dict[str, Any], shelf: Shelf | None = None) -> str:
    record = parse_record({"completions": list(facts)})
    return evaluate(stack, record, as_of=TODAY, known_on=NOW, shelf=shelf).status.value


PLAIN = stack_of("y")
SAME = stack_of("y", equivalent=[{"same": ["x", "y"]}])
OTHER = stack_of("y", equivalent=[{"same": ["z", "y"]}])
INSTEAD = stack_of("y", accepted=[{"for": "y", "instead": "x"}])
FIRST = stack_of({"completed": "x", "grade": 50}, repeats="first")
BEST = stack_of({"completed": "x", "grade": 50})


def test_stacks_that_see_the_same_facts_otherwise_may_share_a_shelf() -> None:
    facts = fact("x", grade=40), fact("x", "again", "2026-03-01", grade=60)
    expected = {PLAIN: "not-met", SAME: "met", OTHER: "not-met", INSTEAD: "met"}
    expected |= {FIRST: "not-met", BEST: "met"}
    for order in (list(expected), list(expected)[::-1]):
        shelf = Shelf()
        for stack in order:
            assert status(stack, *facts, shelf=shelf) == expected[stack] == status(stack, *facts)


def test_what_is_seen_the_same_way_is_put_in_order_once() -> None:
    shelf = Shelf()
    for stack in (PLAIN, BEST, stack_of("z")):
        status(stack, fact("x"), shelf=shelf)
    assert len(shelf.ordered) == 1
    status(FIRST, fact("x"), shelf=shelf)
    assert len(shelf.ordered) == 2


ATTEMPTS = [
    fact("x", "open", "2026-05-01", state="in-progress"),
    fact("x", "third", "2026-04-01"),
    fact("x", "first", "2026-01-01"),
    fact("x", "second", "2026-03-01"),
]
DAYS = {"first": "2026-01-01", "second": "2026-03-01", "third": "2026-04-01"}


@pytest.mark.parametrize(
    ("repeats", "counted"),
    [
        ("best", {"first", "second", "third"}),
        ("latest", {"third"}),
        ("first", {"first"}),
        ("none", set()),
    ],
)
def test_the_policy_on_repeats_says_which_attempts_may_count(
    repeats: str, counted: set[str]
) -> None:
    for name, day in DAYS.items():
        on_that_day = {"items": 1, "of": ["x"], "where": {"on": day}}
        found = status(stack_of(on_that_day, repeats=repeats), *ATTEMPTS)
        assert (found == "met") is (name in counted)
    assert status(stack_of("x", repeats=repeats), fact("x")) == "met"


def test_of_what_may_be_taken_again_the_first_ones_are_items_and_one_has_its_name() -> None:
    top = {"achievements": {"x": {"repeatable": 2}}}
    three = [fact("x", f"x{n}", f"2026-0{n}-01") for n in (1, 2, 3)]
    for count, answer in ((2, "met"), (3, "not-met")):
        assert status(stack_of({"items": count, "of": ["x"]}, **top), *three) == answer
    bundle = {"items": 2, "of": ["x", "y"], "bundles": [{"of": ["x", "y"]}]}
    assert status(stack_of(bundle, **top), fact("x"), fact("y")) == "met"
    assert status(stack_of(bundle, **top), *three[:2]) == "not-met"


SHELVED: list[tuple[object, dict[str, Any], list[dict[str, Any]]]] = [
    ({"all": ["x", "y"]}, {}, [fact("z")]),
    ({"none": ["x"]}, {}, [fact("z")]),
    ("x", {"equivalent": [{"same": ["x", "z"]}]}, [fact("z")]),
    ("x", {"accepted": [{"for": "x", "instead": "z"}]}, [fact("z")]),
    ({"credits": 3}, {}, [fact("z", credits=5)]),
]


@pytest.mark.parametrize(("rule", "top", "held"), SHELVED, ids=[str(s[0]) for s in SHELVED])
def test_a_shelf_changes_no_answer(
    rule: object, top: dict[str, Any], held: list[dict[str, Any]]
) -> None:
    stack, record = stack_of(rule, **top), parse_record({"completions": held})
    when: dict[str, Any] = {"as_of": TODAY, "known_on": NOW}
    assert evaluate(stack, record, **when, shelf=Shelf()) == evaluate(stack, record, **when)


NEW = Award("a1", "w", TODAY, NOW)
LATER = Award("a2", "x", TODAY, NOW + timedelta(days=1))


@pytest.mark.parametrize("added", [(NEW,), (LATER,), (NEW, LATER), (LATER, NEW)])
def test_awards_that_come_later_find_their_place_on_the_shelf(added: tuple[Award, ...]) -> None:
    shelf, record = Shelf(), parse_record({"completions": [fact("y")]})
    when: dict[str, Any] = {"as_of": TODAY, "known_on": NOW}
    asked = stack_of({"items": 1, "of": [{"award": "w"}, {"award": "x"}, "y"]})
    evaluate(asked, record, **when, shelf=shelf)
    record = replace(record, awards=added)
    for stack in (asked, stack_of({"award": "w"}), stack_of({"award": "x"})):
        assert evaluate(stack, record, **when, shelf=shelf) == evaluate(stack, record, **when)
