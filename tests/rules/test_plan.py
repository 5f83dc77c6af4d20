"""The next steps: the least that leads to met, and of what kind each step is."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import Attestation, Award, LearnerRecord, next_steps, parse_record
from tests.rules.helpers import NOW, TODAY, at, done, has

NONE = LearnerRecord()
SHARING = "share"
"""What the clause between two requirements is called."""
BIG = {"id": "big", "all": ["p", "q", "r"]}


def steps(rule: object, record: LearnerRecord = NONE) -> list[tuple[Any, ...]]:
    return [
        (
            s.address,
            s.kind,
            ",".join(s.options),
            s.count,
            None if s.credits is None else str(s.credits),
        )
        for s in next_steps(at(rule, record))
    ]


@pytest.mark.parametrize(
    ("rule", "step"),
    [
        ("x", ("/", "complete", "x", 1, None)),
        ({"award": "w"}, ("/", "earn", "w", 1, None)),
        ({"attested": "t"}, ("/", "attest", "t", 1, None)),
        ({"items": 3, "of": ["x", "y", "z"]}, ("/", "items", "x,y,z", 3, None)),
        ({"items": 2}, ("/", "items", "", 2, None)),
        ({"credits": "7.5"}, ("/", "credits", "", 1, "7.5")),
        ({"points": 60, "of": ["x"]}, ("/", "points", "x", 1, "60")),
        ({"any": ["x", "y"]}, ("/", "complete-any", "x,y", 1, None)),
        ({"at_least": 2, "of": ["x", "y", "z"]}, ("/", "complete-any", "x,y,z", 2, None)),
        ({"learner": {"job": "nurse"}}, ("/", "blocked", "", 1, None)),
    ],
)
def test_a_step_says_what_to_do(rule: object, step: tuple[Any, ...]) -> None:
    assert steps(rule) == [step]


def test_what_is_held_is_not_asked_for_again() -> None:
    assert steps({"items": 3, "of": ["x", "y", "z"]}, has("x")) == [("/", "items", "y,z", 2, None)]
    assert steps({"credits": 9, "of": ["x", "y"]}, has("x")) == [("/", "credits", "y", 1, "4")]
    assert steps({"all": ["x", "y"]}, has("x")) == [("/y", "complete", "y", 1, None)]
    assert steps({"at_least": 2, "of": ["x", "y"]}, has("x")) == [("/y", "complete", "y", 1, None)]
    assert steps({"at_least": 2, "of": ["x", "y", "z"]}, has("x")) == [
        ("/", "complete-any", "y,z", 1, None)
    ]  # fmt: skip
    assert steps({"all": ["x"]}, has("x")) == []


def test_a_grade_to_reach_is_said() -> None:
    rule = {"all": [{"completed": "x", "grade": 60}, {"completed": "y", "grade": 60}]}
    low = next_steps(at(rule, has(done("x", 50))))
    assert [(s.kind, str(s.grade and s.grade.value)) for s in low] == [
        ("improve", "60"), ("complete", "60")
    ]  # fmt: skip
    either = {"any": [{"completed": "x", "grade": 60}, {"completed": "y", "grade": 60}]}
    (step,) = next_steps(at(either, NONE))
    assert step.grade is not None
    mixed = {"any": [{"completed": "x", "grade": 60}, {"completed": "y", "grade": 50}]}
    (step,) = next_steps(at(mixed, NONE))
    assert step.grade is None
    (step,) = next_steps(at({"items": 1, "of": ["x"], "grade": 70}, NONE))
    assert str(step.grade and step.grade.value) == "70"
    ungraded = next_steps(at({"completed": "x", "grade": 60}, has(done("x"))))
    assert [s.kind for s in ungraded] == ["improve"]


@pytest.mark.parametrize(
    ("parts", "record", "chosen"),
    [
        ([{"id": "many", "items": 3}, {"id": "few", "items": 2}], NONE, "/few"),
        ([{"id": "many", "credits": 9}, {"id": "few", "credits": 8}], NONE, "/few"),
        ([{"id": "items", "items": 2}, {"id": "sum", "credits": 90}], NONE, "/sum"),
        ([{"id": "items", "items": 1}, {"id": "sum", "credits": 1}], NONE, "/items"),
        ([BIG, {"id": "two", "items": 2}], NONE, "/two"),
        ([BIG, {"id": "few", "items": 3, "of": ["a", "b", "c"]}], has("p", "q"), "/big/r"),
        ([{"id": "sum", "credits": 9}, {"id": "one", "all": ["x", "y"]}], NONE, "/sum"),
        ([{"id": "shut", "learner": {"job": "x"}}, BIG], NONE, "/big/p"),
        (
            [{"id": "if", "if": "z", "then": {"items": 9}, "else": {"items": 4}}, BIG],
            NONE,
            "/big/p",
        ),
        (
            [{"id": "if", "if": "z", "then": {"items": 9}, "else": {"items": 2}}, BIG],
            NONE,
            "/if/else",
        ),
        (
            [{"id": "if", "if": "z", "then": {"credits": 9}, "else": {"credits": 7}},
             {"id": "sum", "credits": 8}],
            NONE,
            "/if/else",
        ),
        ([{"id": "sum", "credits": "0.5"}, "x"], NONE, "/x"),
        ([{"id": "sum", "credits": "0.5"}, {"id": "one", "all": ["x"]}], NONE, "/one/x"),
        ([{"id": "begun", "items": 6, "of": [*"abcdef"]}, BIG], has(*"abcd"), "/begun"),
        ([{"id": "shut", "learner": {"job": "x"}}, {"id": "far", "items": 100}], NONE, "/far"),
    ],
)  # fmt: skip
def test_the_easiest_way_is_offered(parts: list[Any], record: LearnerRecord, chosen: str) -> None:
    assert steps({"any": parts}, record)[0][0] == chosen
    assert steps({"any": parts[::-1]}, record)[0][0] == chosen


def test_as_many_parts_are_offered_as_are_still_needed() -> None:
    parts = [{"id": n, "items": c} for n, c in (("a", 3), ("b", 1), ("c", 2))]
    assert [s[0] for s in steps({"at_least": 2, "of": parts})] == ["/b", "/c"]
    own = [{"id": k, "items": 2, "of": [k, f"{k}2"]} for k in "abc"]
    assert [s[0] for s in steps({"at_least": 2, "of": own}, has("c", "c2"))] == ["/a"]
    mixed = {"any": ["x", {"id": "two", "items": 2}]}
    assert steps(mixed) == [("/x", "complete", "x", 1, None)]


def test_what_shuts_the_way_is_named_with_what_is_held() -> None:
    assert steps({"none": ["x", "y"]}, has("y")) == [("/", "blocked", "y", 1, None)]
    assert steps({"at_most": {"items": 1}}, has("x", "y"))[0][1] == "blocked"
    half = {"id": "half", "at_least": 2, "of": ["p", "q"]}
    assert steps({"none": ["x", half]}, has("x", "p")) == [("/", "blocked", "x", 1, None)]


def test_a_choice_leads_on_in_its_branch() -> None:
    rule = {"if": "x", "then": "y", "else": {"items": 2}}
    assert steps(rule) == [("/else", "items", "", 2, None)]
    assert steps(rule, has("x")) == [("/then", "complete", "y", 1, None)]


def test_of_a_choice_that_is_open_only_what_is_missing_in_it_counts() -> None:
    choice = {"id": "if", "if": {"learner": {"job": "nurse"}}, "then": "x", "else": {"items": 3}}
    for items, easier in ((3, "/if/else"), (2, "/two")):
        other = {"id": "two", "items": items, "of": ["p", "q", "r"]}
        assert steps({"any": [choice, other]}, has("x"))[0][0] == easier
    assert steps({"any": [{"id": "four", "items": 3}, choice]}, has("x"))[0][0] == "/four"


def test_enough_of_what_does_not_go_together_asks_for_no_more_of_it() -> None:
    assert steps({"credits": 10, "of": ["x", "y"], "best": 1}, has("x", "y")) == [
        ("/best", "clause", "", 1, None)
    ]


def test_a_clause_that_has_all_it_counts_and_is_broken_is_short_of_nothing() -> None:
    pools = [{"id": name, "items": 2, "of": ["x", "y"]} for name in "ab"]
    limit = {"id": "both", "between": ["a", "b"], "at_most": {"credits": 9}}
    assert steps({"all": pools, SHARING: [limit]}, has("x", "y")) == [
        ("/both", "clause", "", 1, None)
    ]


def test_a_clause_that_does_not_hold_yet_is_a_step_with_what_is_short() -> None:
    red = {"id": "red", "credits": 4, "where": {"color": "red"}}
    facts = [{"achievement": "x", "on": "2026-03-01", "credits": 9,
              "attributes": {"color": "blue"}}]  # fmt: skip
    found = steps({"credits": 9, "of_which": [red]}, parse_record({"completions": facts}))
    assert ("/red", "clause", "", 1, "4") in found
    some = [{"achievement": "y", "on": "2026-03-01", "credits": 3, "attributes": {"color": "red"}}]
    found = steps({"credits": 9, "of_which": [red]}, parse_record({"completions": facts + some}))
    assert found == [("/red", "clause", "", 1, "1")]
    limit = {"items": 2, "of_which": [{"id": "most", "at_most": {"items": 1}}]}
    assert [s for s in steps(limit, has("x", "y")) if s[1] == "clause" and s[4]] == []


def test_an_item_that_counts_elsewhere_is_no_step() -> None:
    rule = {"all": [{"id": "a", "items": 2, "of": ["x", "y"]}, {"id": "b", "any": ["x", "z"]}]}
    found = steps(rule, has("x", "y"))
    assert found == [("/b/z", "complete", "z", 1, None)] or found == [
        ("/b", "complete-any", "z", 1, None)
    ]


def test_awards_and_statements_that_are_held_are_no_steps() -> None:
    record = LearnerRecord(
        awards=(Award("a", "w", TODAY, NOW),), attestations=(Attestation("t", "t", TODAY, NOW),)
    )
    rule = {"all": [{"award": "w"}, {"attested": "t"}]}
    assert len(steps(rule)) == 2
    assert steps(rule, record) == []
