"""Tests that nothing can pass, and tests that only something with several values can."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.linting import claims, found

NEVER, SEVERAL = [("never-passes", "/")], [("several-values", "/")]


def asking(test: dict[str, Any]) -> dict[str, Any]:
    return {"items": 2, "where": test}


def clash(test: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of the two demands that exclude each other."""
    (finding,) = found(asking(test))
    return dict(finding.values)


@pytest.mark.parametrize(
    "test",
    [
        {"achievement": "go", "all": [{"achievement": "java"}]},
        {"kind": "award", "all": [{"kind": "completion"}]},
        {"credits": {"at_least": 5, "below": 5}},
        {"credits": {"above": 5, "at_most": 5}},
        {"credits": 3, "all": [{"credits": {"above": 3}}]},
        {"started": {"at_least": "2026-01-01", "below": "2025-01-01"}},
        {"recorded": {"above": "2026-01-01", "below": "2026-01-01"}},
        {"grade": {"at_least": 60, "below": 50}},
        {"uses": {"at_least": 2}, "all": [{"uses": [0, 1]}]},
        {"on": "2026-01-01", "all": [{"on": {"above": "2026-01-01"}}]},
        {"t": "a", "not": {"t": ["a", "b"]}},
        {"n": {"at_least": 7}, "not": {"n": {"above": 6}}},
    ],
)
def test_demands_on_what_has_one_value_exclude_each_other(test: dict[str, Any]) -> None:
    assert claims(asking(test)) == NEVER
    assert claims(asking({"all": [{"any": [test]}]})) == NEVER


@pytest.mark.parametrize(
    "test",
    [
        {"t": "a", "all": [{"t": "b"}]},
        {"t": ["a", "b"], "all": [{"t": ["c", "d"]}]},
        {"n": 3, "all": [{"n": {"at_least": 4}}]},
        {"n": {"at_least": 5, "below": 5}},
        {"used_in": "a", "all": [{"used_in": "b"}]},
    ],
)
def test_only_what_has_several_values_passes_both(test: dict[str, Any]) -> None:
    assert claims(asking(test)) == SEVERAL
    assert [f.severity for f in found(asking(test))] == ["warning"]


@pytest.mark.parametrize(
    "test",
    [
        {"credits": {"at_least": 5, "above": 7}},
        {"credits": {"at_most": 5, "below": 3}},
        {"credits": {"above": 4, "at_most": 5}},
        {"credits": {"at_least": 5, "at_most": 5}},
        {"credits": [1, 9], "all": [{"credits": {"at_least": 5}}]},
        {"t": ["a", "b"], "all": [{"t": ["b", "c"]}]},
        {"t": "a", "all": [{"u": "b"}]},
        {"t": "a", "not": {"t": "b"}},
        {"n": {"at_least": 7}, "all": [{"m": {"below": 5}}]},
        # What cannot be compared may turn out well.
        {"t": "text", "all": [{"t": {"at_least": 5}}]},
        {"t": 5, "all": [{"t": {"at_least": "2026-01-01"}}]},
        {"t": {"at_least": 5, "below": "2020-01-01"}},
        {"on": {"at_least": {"event": "passed"}, "below": "2020-01-01"}},
        {"on": {"at_least": "2020-01-01", "below": {"event": "passed"}}},
        # A grade, or a level, may be one of another scale or framework.
        {"grade": 40, "all": [{"grade": {"at_least": 50}}]},
        {"grade": {"at_least": 9, "scale": "0-10"}, "all": [{"grade": {"below": 9}}]},
        {"level": 4, "all": [{"level": {"at_least": 5, "framework": "eqf"}}]},
    ],
)
def test_demands_that_can_hold_together_are_no_clash(test: dict[str, Any]) -> None:
    assert claims(asking(test)) == []


def test_of_an_any_each_way_has_to_clash() -> None:
    uses, track = {"uses": 1}, {"t": "b"}
    assert claims(asking({"uses": 0, "any": [uses, {"uses": 2}]})) == NEVER
    assert claims(asking({"uses": 0, "any": [uses, {"u": "x"}]})) == []
    # One way that several values leave open is enough for a doubt.
    either = {"uses": 0, "t": "a", "any": [uses, track]}
    assert claims(asking(either)) == SEVERAL
    assert clash(either) == {"name": "t", "first": "a", "second": "b"}
    assert clash(either | {"any": [track, uses]}) == {"name": "t", "first": "a", "second": "b"}


def test_the_two_demands_are_named_in_the_order_in_which_they_are_written() -> None:
    low = {"credits": {"at_least": 5}}
    assert clash(low | {"all": [{"credits": {"below": 4}}], "u": "v"}) == {
        "name": "credits",
        "first": "at_least 5",
        "second": "below 4",
    }
    ways = {"uses": 0, "kind": "award", "any": [{"uses": [1, 2]}, {"kind": "completion"}]}
    assert clash(ways) == {"name": "uses", "first": "0", "second": "1, 2"}
    assert clash({"t": "a", "not": {"t": "a"}}) == {"name": "t", "first": "a", "second": "not a"}
    assert clash({"not": {"t": "a"}, "all": [{"t": "a"}]}) == {
        "name": "t",
        "first": "a",
        "second": "not a",
    }


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"t": "a", "not": {"any": [{"t": "a"}, {"u": ["b", 2]}]}}, ("a", "not (t a or u b, 2)")),
        ({"t": "a", "not": {"any": [{"t": "a"}, {"u": "b", "v": "c"}]}},
         ("a", "not (t a or (u b and v c))")),
        ({"on": {"last": {"days": 5}}, "not": {"on": {"last": {"days": 5}}}},
         ("recent", "not recent")),
        ({"on": {"at_least": {"event": "x"}}, "not": {"on": {"at_least": {"event": "x"}}}},
         ("at_least", "not at_least")),
    ],
)  # fmt: skip
def test_a_demand_is_told_in_a_few_words(test: dict[str, Any], said: tuple[str, str]) -> None:
    found = clash(test)
    assert (found["first"], found["second"]) == said


def test_a_learner_may_have_several_values_of_any_name() -> None:
    def learner(test: object) -> list[tuple[str, str]]:
        return claims({"all": ["sql", "go", {"id": "l", "learner": test}]})

    assert learner({"kind": "a", "all": [{"kind": "b"}]}) == [("several-values", "/l")]
    assert learner({"kind": "a", "all": [{"kind": ["a", "b"]}]}) == []
    assert learner({"x": "a", "not": {"x": ["a", "b"]}}) == [("never-passes", "/l")]


def test_filters_above_a_requirement_are_demands_of_its_own() -> None:
    part = {"id": "a", "items": 2, "where": {"credits": {"at_least": 5}}}
    small = {"filters": [{"where": {"credits": {"below": 5}}}]}
    assert claims({"all": [part, "go"]} | small) == [("never-passes", "/a")]
    assert claims({"all": [{"id": "no", "none": [part]}, "go"]} | small) == []
    # What is held at all is limited, whether it counts or not.
    few = {"id": "few", "at_most": {"items": 2}, "where": part["where"]}
    assert claims({"all": [few, "go", "sql"]} | small) == []


def test_a_grade_is_one_that_its_scale_has() -> None:
    letters = {"letter": {"F": 0, "C": 2, "A": 4}, "core": ["low", "high"]}

    def graded(scale: str, **bound: object) -> dict[str, Any]:
        return asking({"grade": bound | {"scale": scale}})

    assert claims(graded("letter", above="A"), scales=letters) == NEVER
    assert claims(graded("letter", below="F"), scales=letters) == NEVER
    assert claims(graded("letter", above="C"), scales=letters) == []
    assert claims(graded("core", above="high"), scales=letters) == NEVER
    assert claims(graded("core", at_least="high"), scales=letters) == []
    (finding,) = found(graded("letter", above="A"), scales=letters)
    assert finding.values == {"name": "grade", "first": "above 4", "second": "F to A"}
    # A table may lead to grades between and beyond those that are named.
    table = [{"from": "0-100", "to": "letter", "rows": {"0": "F", "90": "A"}}]
    assert claims(graded("letter", above="A"), scales=letters, tables=table) == []
