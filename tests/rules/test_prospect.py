"""What can never be met is proved where it is to blame, and nothing else is claimed."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.impossible import Impossible, Prospect
from stacking_rules.stacks import ROOT
from tests.rules.linting import KNOWN, claims

GO_JAVA = ["go", "java"]
SHORT = {"id": "a", "credits": 7, "of": GO_JAVA}
"""Out of reach: six credits are all there are."""
ALL_OF_IT = {"id": "a", "credits": 6, "of": GO_JAVA}
ONE_MORE = {"id": "b", "items": 1, "of": ["go"]}
REACH_A = [("unsatisfiable.reach", "/a")]
TOGETHER = [("unsatisfiable.together", "/")]


def items(name: str, number: int, *keys: str, **more: object) -> dict[str, Any]:
    return {"id": name, "items": number, "of": [*keys]} | more


def test_each_is_said_of_the_smallest_part_that_is_to_blame() -> None:
    assert claims({"all": [ALL_OF_IT, ONE_MORE]}) == TOGETHER
    assert claims({"all": [SHORT, ONE_MORE]}) == REACH_A
    assert claims({"any": [SHORT, ONE_MORE]}) == REACH_A
    below = {"id": "g", "all": [SHORT, "sql"]}
    assert claims({"all": [below, ONE_MORE]}) == [("unsatisfiable.reach", "/g/a")]
    inner = {"id": "g", "all": [ALL_OF_IT, ONE_MORE]}
    assert claims({"all": [inner, items("c", 1, "java")]}) == [("unsatisfiable.together", "/g")]
    free = {"id": "g", "any": [items("p", 1, "go"), items("q", 1, "java")]}
    assert claims({"all": [free, items("b", 2, *GO_JAVA)]}) == TOGETHER
    contended = {"id": "g", "all": [items("p", 1, *GO_JAVA), items("q", 1, *GO_JAVA)]}
    assert claims({"all": [contended, ONE_MORE]}) == TOGETHER


def test_where_a_part_is_to_blame_its_clauses_are_not() -> None:
    group = {"id": "g", "any": [SHORT, items("q", 2, *GO_JAVA)]}
    assert claims(group | {"of_which": [{"at_most": {"items": 1}}]}) == REACH_A
    sound = {"any": [items("p", 1, "sql"), items("q", 2, *GO_JAVA)]}
    assert claims(sound | {"of_which": [{"at_most": {"items": 1}}]}) == []


def test_an_open_list_is_met_and_leaves_the_others_to_compete() -> None:
    anything = {"id": "o", "credits": 9}
    assert claims({"all": [anything, ALL_OF_IT]}) == []
    assert claims({"all": [anything, ALL_OF_IT, ONE_MORE]}) == TOGETHER
    both = {"all": [items("a", 1, "go"), {"id": "o", "items": 1}]}
    assert claims(both | {"of_which": [{"items": 5}]}) == []
    both = {"all": [items("a", 1, "go"), items("o", 1, "sql")]}
    assert claims(both | {"of_which": [{"items": 5}]}) == TOGETHER


def test_overlays_use_nothing_up() -> None:
    overlay = {"use": "overlay"}
    assert claims({"all": [items("o", 2, *GO_JAVA) | overlay, ALL_OF_IT]}) == []
    assert claims({"all": [ALL_OF_IT, items("o", 2, "go", "sql") | overlay, ONE_MORE]}) == TOGETHER


def test_sharing_is_settled_at_the_top() -> None:
    inner = {"id": "g", "all": [ALL_OF_IT, ONE_MORE]}
    at_g = [("unsatisfiable.together", "/g")]
    rule = {"all": [inner, "sql"]}
    share = [{"between": ["/g/a", "/g/b"], "at_most": {"items": 1}}]
    assert claims(rule) == at_g
    assert claims(rule | {"once": 1}) == at_g
    assert claims(rule | {"once": 2}) == []
    assert claims(rule | {"sharing": share}) == []
    assert claims(rule | {"sharing": share, "filters": [{"where": {"t": "x"}}]}) == []
    three = {"id": "g", "all": [items(name, 1, "go") for name in "abc"]}
    assert claims({"all": [three, "sql"], "once": 2}) == TOGETHER
    assert claims({"all": [three, "sql"], "once": 3}) == []


def test_what_must_not_be_held_is_named_where_it_is_the_reason() -> None:
    none = {"id": "no", "none": ["go"]}
    ruled_out = [("unsatisfiable.ruled-out", "/")]
    assert claims({"all": ["go", none]}) == ruled_out
    assert claims({"all": ["go", {"id": "g", "all": [none, "java"]}]}) == ruled_out
    assert claims({"all": ["go", {"id": "g", "any": [none, "java"]}]}) == []
    # Even without the exclusion it could not be met.
    sql = {"id": "no", "none": ["sql"]}
    assert claims({"all": [ALL_OF_IT, ONE_MORE, sql]}) == TOGETHER


@pytest.mark.parametrize(
    "part",
    [
        {"completed": "go", "where": {"track": "x"}},
        {"completed": "go", "grade": 50},
        {"completed": "go", "filters": [{"where": {"track": "x"}}]},
        {"items": 3},
        {"award": "go"},
    ],
)
def test_only_what_forbids_to_hold_it_at_all_rules_it_out(part: dict[str, Any]) -> None:
    assert claims({"all": ["go", {"id": "no", "none": [part]}]}) == []


@pytest.mark.parametrize("clause", [{"together": True}, {"grace": {"days": 9}}])
def test_what_has_ended_may_count_although_it_must_not_be_held(clause: dict[str, Any]) -> None:
    assert claims({"all": ["go", {"id": "no", "none": ["go"]}]} | clause) == []


@pytest.mark.parametrize(
    ("clause", "is_impossible"),
    [
        ({"credits": 7}, True),
        ({"credits": 6}, False),
        ({"points": 500}, False),
        ({"items": 2, "where": {"track": "x"}}, False),
        ({"items": 2, "where": {"level": 6}}, True),
        ({"distinct": "area", "at_least": 2}, True),
        ({"distinct": "track", "at_least": 2}, False),
        ({"same": "level"}, True),
        ({"same": "area"}, False),
        ({"share": "2/3", "where": {"level": 6}}, True),
        ({"share": "1/2", "where": {"level": 6}}, False),
        ({"mean": 60}, False),
    ],
)
def test_clauses_bind_as_far_as_what_they_look_at_is_declared(
    clause: dict[str, Any], is_impossible: bool
) -> None:
    rule = items("x", 2, *GO_JAVA) | {"of_which": [clause]}
    assert claims(rule) == ([("unsatisfiable.clauses", "/")] if is_impossible else [])
    # Where one option is not declared it may be as it should.
    open_rule = items("x", 2, "java", "new") | {"of_which": [clause]}
    assert claims(open_rule, achievements=KNOWN | {"new": {}}) == []


def test_grades_add_up_to_what_nobody_knows() -> None:
    assert claims({"points": 500, "of": GO_JAVA}) == []


def test_parts_of_a_credit_are_added_as_they_are() -> None:
    halves = {"p": {"credits": "0.5"}, "q": {"credits": "0.5"}}
    rule = {"credits": 2, "of": ["p", "q"]}
    assert claims(rule, achievements=halves) == [("unsatisfiable.reach", "/")]


def test_what_is_impossible_comes_with_what_can_be_reached() -> None:
    def impossible(requires: object) -> list[Impossible]:
        data = {"key": "award", "requires": requires, "definitions": {"achievements": KNOWN}}
        stack = parse_stack(data)
        return list(Prospect(stack, ROOT, stack.requires).impossible())

    (reach,) = impossible({"all": [SHORT, "sql"]})
    assert (reach.address, reach.need, reach.most, reach.unit) == ("/a", 7, 6, "credits")
    (together,) = impossible({"all": [ALL_OF_IT, ONE_MORE]})
    assert (together.need, together.most, together.unit, together.ruled_out) == (0, None, "", ())
    (ruled_out,) = impossible({"all": ["go", "sql", {"id": "no", "none": ["sql", "go"]}]})
    assert ruled_out.ruled_out == ("go", "sql")


def test_without_an_answer_from_the_search_nothing_is_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Two of three are needed twice, which no sum shows.
    texts = {key: {"credits": 2} for key in "pqr"}
    twice = {"all": [{"id": name, "credits": 3, "of": [*texts]} for name in "ab"]}
    assert claims(twice, achievements=texts) == TOGETHER
    monkeypatch.setattr("stacking_rules.impossible.STEPS", 0)
    assert claims(twice, achievements=texts) == []
    assert claims({"all": [SHORT, ONE_MORE]}) == REACH_A
    monkeypatch.setattr("stacking_rules.impossible.STEPS", 2_000)
    monkeypatch.setattr("stacking_rules.impossible.MOST_PLACES", 2)
    assert claims({"all": [ALL_OF_IT, ONE_MORE]}) == []
    monkeypatch.setattr("stacking_rules.impossible.MOST_PLACES", 3)
    assert claims({"all": [ALL_OF_IT, ONE_MORE]}) == TOGETHER


def test_a_level_of_the_award_at_a_group_needs_no_more_than_its_parts() -> None:
    pairs = [{"id": name, "all": ["go", "sql"]} for name in "pq"]
    rule = {"all": [{"id": "g", "any": pairs}, "java"]}

    def level(need: int) -> dict[str, Any]:
        return {"award_levels": [{"name": "Gold", "at": "/g", "need": need}]}

    beyond = ("unsatisfiable.level", "/award_levels/0/need")
    assert beyond in claims(rule, level(3))
    assert beyond not in claims(rule, level(2))
