"""A rule narrowed to one way through it, and what a learner needs for that way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.focus import avoided, branches, focused, learner_goals, looked_at, positive
from stacking_rules.requirements import AllOf, Choice, Group, Requirement
from stacking_rules.selection import OneOf
from stacking_rules.stacks import ROOT

ON_TRACK = {"filters": [{"where": {"track": "x"}}]}
NURSE = {"learner": {"profession": "nurse"}}


def rule(data: object) -> Requirement:
    return parse_stack({"key": "award", "requires": data}).requires


X, Y = {"id": "x", "any": ["b", "c"]}, {"id": "y", "any": ["d", "e"]}
CHOICE: dict[str, Any] = {"if": NURSE, "then": "a", "else": "b"}


@pytest.mark.parametrize(
    ("requires", "target", "expected"),
    [
        # The part on the way stays, and as many of the first others as are asked for beside it.
        ({"any": ["a", "b"]}, "/b", {"all": ["b"]}),
        ({"at_least": 2, "of": ["a", "b", "c", "d"]}, "/c", {"all": ["a", "c"]}),
        ({"at_least": 3, "of": ["a", "b", "c", "d"]}, "/a", {"all": ["a", "b", "c"]}),
        ({"at_least": 0, "of": ["a", "b"]}, "/b", {"all": ["b"]}),
        ({"all": ["a", X, Y]}, "/x/c", {"all": ["a", {"id": "x", "all": ["c"]}, Y]}),
        # All of an "all" stays, and what it says beside its parts.
        ({"all": ["a", "b"]} | ON_TRACK, "/b", {"all": ["a", "b"]} | ON_TRACK),
        (
            {"any": ["a", "b"], "title": "Either", "rule": "R1"} | ON_TRACK,
            "/a",
            {"all": ["a"], "title": "Either", "rule": "R1"} | ON_TRACK,
        ),
        # An address leads to what stands below it, not to what begins alike.
        (
            {"any": [X, {"id": "xy", "all": ["d"]}]},
            "/xy",
            {"all": [{"id": "xy", "all": ["d"]}]},
        ),
        (CHOICE, "/then", {"all": [NURSE | {"id": "if"}, {"id": "then", "completed": "a"}]}),
        (
            CHOICE,
            "/else",
            {
                "all": [
                    {"id": "if", "none": [NURSE | {"id": "not"}]},
                    {"id": "else", "completed": "b"},
                ]
            },
        ),
        # A choice that is not on the way stays a choice.
        (
            {"all": [CHOICE | {"id": "x"}, Y]},
            "/y/e",
            {"all": [CHOICE | {"id": "x"}, {"id": "y", "all": ["e"]}]},
        ),
    ],
)
def test_a_rule_is_narrowed_to_the_way_to_an_address(
    requires: object, target: str, expected: object
) -> None:
    assert focused(ROOT, rule(requires), target) == rule(expected)


def test_nothing_is_narrowed_for_what_stands_elsewhere() -> None:
    requires = rule({"any": ["a", "b"]})
    assert focused("/x", requires, "/y/a") is requires
    assert focused(ROOT, requires, "/c") == requires


ONE = {"id": "1", "items": 1, "use": "overlay"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"id": "1", "completed": "a"}, ONE | {"of": ["a"]}),
        (
            {"id": "1", "completed": "a", "grade": 60, "where": {"track": "x"}} | ON_TRACK,
            ONE | {"of": ["a"], "grade": 60, "where": {"track": "x"}} | ON_TRACK,
        ),
        ({"id": "1", "award": "a"}, ONE | {"of": [{"award": "a"}]}),
        ({"id": "1", "attested": "a"}, ONE | {"of": [{"attested": "a"}]}),
        ({"credits": 4, "of": ["a"]}, {"credits": 4, "of": ["a"], "use": "overlay"}),
        (
            {"any": [{"id": "1", "completed": "a"}, {"items": 2}]},
            {"any": [ONE | {"of": ["a"]}, {"items": 2, "use": "overlay"}]},
        ),
        (NURSE, NURSE),
    ],
)
def test_a_condition_that_is_looked_at_uses_nothing_up(condition: object, expected: object) -> None:
    assert looked_at(rule(condition)) == rule(expected)


def test_what_more_can_only_break_is_left_for_afterwards() -> None:
    bad_mean, good_mean = {"mean": 60, "over": "attempted"}, {"mean": 50}
    least = {"credits": 2, "where": {"track": "x"}}
    none, limit = {"id": "no", "none": ["b"]}, {"id": "few", "at_most": {"items": 1}}
    amount = {"id": "m", "credits": 4}
    group = {"id": "g", "all": ["c", none]}
    requires = rule(
        {
            "all": [
                "a",
                none,
                limit,
                amount | {"of_which": [bad_mean, least]},
                amount | {"id": "n", "of_which": [good_mean]},
                group | {"of_which": [bad_mean]} | ON_TRACK,
                {"id": "c", "if": none, "then": group, "else": "d"},
                {"id": "d", "if": none, "then": amount | {"of_which": [bad_mean]}},
            ]
        }
    )
    nothing = AllOf(id="no", parts=())
    found = positive(requires)
    assert isinstance(found, Group)
    a, no, few, m, n, g, c, d = found.parts
    assert (a, no, few) == (
        rule({"completed": "a", "id": "a"}),
        nothing,
        replace(nothing, id="few"),
    )
    assert m == rule(amount | {"of_which": [least]})
    assert n == rule(amount | {"id": "n", "of_which": [good_mean]})
    narrowed = replace(rule(group), parts=(rule("c"), nothing))
    assert g == replace(narrowed, clauses=rule(group | ON_TRACK).clauses)
    assert isinstance(c, Choice)
    assert isinstance(d, Choice)
    assert (c.condition, c.then) == (rule(none | {"id": "if"}), replace(narrowed, id="then"))
    assert (c.otherwise, d.otherwise) == (rule({"id": "else", "completed": "d"}), None)
    assert d.then == rule(amount | {"id": "then"})


def test_the_learner_has_to_pass_some_tests_and_had_better_pass_others() -> None:
    def asks(name: str) -> dict[str, Any]:
        return {"id": name, "learner": {name: "yes"}}

    def goal(name: str, want: bool) -> tuple[OneOf, bool]:
        return OneOf(name, ("yes",)), want

    requires = rule(
        {
            "all": [
                asks("p"),
                {"id": "no", "none": [asks("q"), {"id": "not", "none": [asks("r")]}]},
                {"id": "any", "any": [asks("s"), "a"]},
                {"id": "both", "at_least": 2, "of": [asks("t"), asks("u")]},
                {"id": "c", "if": asks("v"), "then": asks("w"), "else": asks("x")},
                {"id": "never", "none": [{"id": "one", "any": [asks("y"), "a"]}]},
            ]
        }
    )
    must, better = learner_goals(requires)
    assert must == [
        goal("p", True),
        goal("q", False),
        goal("r", True),
        goal("t", True),
        goal("u", True),
    ]
    assert better == [
        goal("s", True),
        goal("v", False),
        goal("w", True),
        goal("x", True),
        goal("y", False),
    ]


def test_what_is_not_to_be_held_is_all_that_is_named_below_a_none() -> None:
    none = ["b", {"award": "c"}, {"attested": "d"}, {"id": "all", "all": ["e", {"award": "f"}]}]
    requires = rule({"all": ["a", {"id": "any", "any": [{"id": "no", "none": none}, "g"]}]})
    assert avoided(requires) == {
        ("completion", "b"),
        ("award", "c"),
        ("attestation", "d"),
        ("completion", "e"),
        ("award", "f"),
    }


def test_every_branch_and_every_part_that_could_be_left_out_is_a_way() -> None:
    both = {"id": "both", "at_least": 2, "of": ["f", "g"]}
    requires = rule({"all": ["a", X, CHOICE | {"id": "c"}, both]})
    ways = [focused(ROOT, requires, at) for at in ("/x/b", "/x/c", "/c/then", "/c/else")]
    assert list(branches(ROOT, requires)) == ways
    assert len({*map(repr, ways)}) == 4
