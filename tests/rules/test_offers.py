"""What is offered for a rule: enough of each sort, and more than enough where that is asked for."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.facts import Fact
from stacking_rules.leaves import hints_of
from stacking_rules.leaves import tests_of as asked_of
from stacking_rules.offers import Offer
from stacking_rules.satisfy import Inventor
from stacking_rules.selection import Asked
from tests.rules.helpers import TODAY
from tests.rules.test_made_facts import DAY
from tests.rules.test_small_examples import told


def offer(rule: object, stack: dict[str, Any], **more: Any) -> Offer:
    award = parse_stack({"key": "s", "requires": rule, **stack})
    tree = award.requires
    asked = Asked(TODAY, award.definitions)
    inventor = Inventor(asked, asked_of("/", tree), hints_of("/", tree), DAY)
    return Offer(award, "/", tree, inventor, **more)


def offered(rule: object, stack: dict[str, Any] | None = None, **more: Any) -> list[str]:
    """Return what is offered, the usual day left out; equal facts that follow are counted."""
    facts = offer(rule, stack or {}, **more).make()
    same = [(text, len(list(group))) for text, group in groupby(map(told, facts))]
    return [f"{n} x {text}".replace(f" on {DAY}", "").removeprefix("1 x ") for text, n in same]


A_OR_B = {"items": 1, "of": ["a", "b"]}
DECLARED = {"definitions": {"achievements": {"a": {"attributes": {"level": 5, "color": "red"}}}}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"items": 30}, ["24 x item"]),
        ({"items": 2, "of": ["a", "b", "c"], "bundles": [{"of": ["a", "b"]}]}, ["c", "a"]),
        ({"all": [{"id": "p", "items": 2}, {"id": "q", "items": 1, "use": "overlay",
                                            "of": [{"award": "x"}]}]}, ["2 x item", "x (award)"]),
        ({"all": [{"id": "p", "items": 2}, {"id": "q", "items": 1, "use": "overlay",
                                            "of": ["x", "y"]}]}, ["x", "y"]),
        ({"all": [{"id": "p", "items": 1, "of": ["b", "c"]},
                  {"id": "q", "items": 2, "use": "overlay", "of": ["a", "b"]}]}, ["b", "a"]),
        ({"all": [{"id": "p", **A_OR_B}, {"id": "q", **A_OR_B}]}, ["a", "b"]),
        ({"items": 3, "of_which": [{"distinct": "x", "at_least": 2}],
          "where": {"x": ["p", "q", "r"]}}, ["item x=p", "item x=q", "item x=p"]),
        ({"items": 2, "of_which": [{"distinct": "x", "at_least": 2}]},
         ["item x=x-1", "item x=x-2"]),
        ({"items": 2, "of_which": [{"distinct": "x", "at_least": 2}, {"same": "x"}]},
         ["2 x item x=x-1"]),
        ({"all": ["a", {"id": "n", "at_most": {"items": 0}, "where": {"bad": True}}]},
         ["a bad=False"]),
        ({"all": [{"id": "p", "points": 50, "of": ["a", "b"]},
                  {"id": "n", "at_most": {"items": 0}, "where": {"grade": {"at_most": 30}}}]},
         ["a at 100", "b at 100"]),
    ],
)  # fmt: skip
def test_enough_is_offered(rule: object, expected: list[str]) -> None:
    assert offered(rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"items": 1, "of": ["a"]}, ["a level=5 color=red"]),
        ({"items": 1, "of": ["a"], "where": {"level": {"at_least": 6}}}, ["a level=6"]),
        ({"items": 1, "of": ["b"]}, ["b"]),
    ],
)
def test_what_is_declared_is_said_unless_it_would_not_do(rule: object, expected: list[str]) -> None:
    assert offered(rule, DECLARED) == expected


def test_what_is_not_to_be_held_is_offered_only_where_nothing_else_would_do() -> None:
    a, b = ("completion", "a"), ("completion", "b")
    assert offered(A_OR_B, avoided=frozenset({a})) == ["b"]
    assert offered(A_OR_B, avoided=frozenset({a, b})) == ["a"]
    assert offered(A_OR_B, avoided=frozenset({("award", "a")})) == ["a"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"items": 2}, ["5 x item"]),
        ({"items": 2, "of": ["a", "b", "c"]}, ["a", "b", "c"]),
        ({"credits": 4, "of": ["a", "b"]}, ["a 2", "a 4", "b 2", "b 4"]),
        ({"credits": 4, "best": 1}, ["3 x item 4"]),
        ({"items": 1, "of_which": [{"items": 1, "where": {"x": "p"}}]},
         ["5 x item x=p", "2 x item x=other"]),
    ],
)  # fmt: skip
def test_more_than_enough_is_offered_of_every_sort(rule: object, expected: list[str]) -> None:
    assert offered(rule, is_wide=True) == expected


def test_an_achievement_is_offered_twice_only_where_the_best_attempt_counts() -> None:
    rule = {"credits": 4, "of": ["a", "b"]}
    assert offered(rule, {"repeats": "latest"}, is_wide=True) == ["a 2", "b 2"]
    assert offered(rule) == ["a 2", "b 2"]


def test_what_may_count_twice_is_offered_once() -> None:
    parts = [{"id": name, "items": 2, "where": {"x": "p"}} for name in "ab"]
    assert offered({"all": parts}) == ["4 x item x=p"]
    assert offered({"all": parts}, is_shared=True) == ["2 x item x=p"]
    parts[1]["items"] = 3
    assert offered({"all": parts}, is_shared=True) == ["3 x item x=p"]


def test_only_facts_at_the_scope_are_moved_and_the_first_is_told() -> None:
    told_first: list[tuple[str, bool]] = []

    def shift(fact: Fact, is_first: bool) -> Fact:
        told_first.append((fact.achievement, is_first))
        return replace(fact, valid_until=TODAY)

    rule = {"all": ["a", {"id": "n", "all": ["b", "c"]}, "d"]}
    facts = offer(rule, {}, scope="/n", shift=shift).make()
    assert told_first == [("b", True), ("c", False)]
    assert {f.achievement for f in facts if f.valid_until == TODAY} == {"b", "c"}
    assert {f.achievement for f in facts if f.valid_until is None} == {"a", "d"}
