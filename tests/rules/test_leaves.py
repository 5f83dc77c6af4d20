"""What each amount or single item of a rule asks of the facts that count there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stacking_rules import leaves, parse_stack
from stacking_rules.leaves import (
    Place,
    hints_of,
    is_below,
    limits_of,
    own_tests,
    places,
    values_by,
)
from stacking_rules.read_test import read_test
from stacking_rules.requirements import Requirement
from stacking_rules.rule_changes import said, step_of
from stacking_rules.selection import AllTests, Compare, OneOf


def node(rule: object) -> Requirement:
    return parse_stack({"key": "k", "requires": rule}).requires


def only(rule: object) -> Place:
    (place,) = places("/", node(rule))
    return place


@pytest.mark.parametrize(
    ("rule", "kind", "keys", "need", "unit"),
    [
        ("a", "completion", ("a",), 1, "items"),
        ({"award": "b"}, "award", ("b",), 1, "items"),
        ({"attested": "s"}, "attestation", ("s",), 1, "items"),
        ({"credits": 9}, "completion", (), 9, "credits"),
        ({"points": 9, "of": ["a", "b"]}, "completion", ("a", "b"), 9, "points"),
        ({"items": 2, "of": [{"award": "a"}, {"award": "b"}]}, "award", ("a", "b"), 2, "items"),
        ({"items": 2, "among": "attestations"}, "attestation", (), 2, "items"),
    ],
)
def test_a_place_says_what_counts_there_and_how_much_is_asked_for(
    rule: object, kind: str, keys: tuple[str, ...], need: int, unit: str
) -> None:
    place = only(rule)
    assert (place.address, place.kind, place.keys) == ("/", kind, keys)
    assert place.need == need
    assert place.unit == unit


def test_an_overlay_counts_elsewhere_too() -> None:
    assert only({"items": 1, "use": "overlay"}).is_overlay
    assert not only({"items": 1}).is_overlay
    assert not only("a").is_overlay


@pytest.mark.parametrize(
    ("rule", "scale"),
    [
        ("a", None),
        ({"completed": "a", "grade": 5, "scale": "1-10"}, "1-10"),
        ({"credits": 9}, None),
        ({"points": 9}, "0-100"),
        ({"points": 9, "scale": "1-10"}, "1-10"),
        ({"credits": 9, "of_which": [{"mean": 6, "scale": "1-10"}]}, "1-10"),
        ({"credits": 9, "grade": 5, "scale": "1-5", "of_which": [{"mean": 6, "scale": "1-10"}]},
         "1-5"),
        ({"points": 9, "of_which": [{"mean": 6, "scale": "1-10"}]}, "1-10"),
    ],
)  # fmt: skip
def test_the_scale_is_that_of_the_grades_that_are_asked_for(rule: object, scale: str) -> None:
    assert only(rule).scale() == scale


RULE = {
    "filters": [{"where": {"x": 1}}],
    "together": True,
    "all": [
        {"completed": "a", "where": {"y": 1}, "grade": 60},
        {
            "id": "c",
            "if": "d",
            "then": {"award": "e"},
            "else": {"id": "f", "credits": 3, "best": 1},
        },
        {"none": ["g"]},
        {"learner": {"trade": "nurse"}},
        {"at_most": {"items": 1}},
    ],
}


def test_every_place_has_the_tests_and_clauses_of_what_stands_above() -> None:
    found = {place.address: place for place in places("/", node(RULE))}
    assert list(found) == ["/a", "/c/if", "/c/then", "/c/else"]
    x, y = OneOf("x", (Decimal(1),)), OneOf("y", (Decimal(1),))
    grade = Compare("grade", "at_least", Decimal(60), "0-100")
    assert found["/a"].must == (y, grade, x)
    assert found["/c/then"].must == found["/c/else"].must == (x,)
    assert found["/c/if"].must == (), "a condition is answered by itself"
    names = [type(clause).__name__ for clause in found["/c/else"].clauses]
    assert names == ["Best", "Filter", "Together"]
    assert found["/c/if"].clauses == ()


def test_what_comes_after_others_is_filled_after_them() -> None:
    rule = {
        "all": [
            {"completed": "c", "after": "b"},
            {"completed": "b", "after": "a"},
            "a",
            {"id": "g", "all": ["d", "e"], "after": "c"},
        ]
    }
    ranks = {place.address: place.rank for place in places("/", node(rule))}
    assert ranks == {"/a": 0, "/b": 1, "/c": 2, "/g/d": 3, "/g/e": 3}


def test_of_several_that_it_waits_for_the_last_decides() -> None:
    rule = {
        "all": [
            "a",
            {"completed": "b", "after": "a"},
            {"id": "g", "all": [{"completed": "c", "after": "/a"}, "d"], "after": "b"},
            {"id": "none", "none": ["x"]},
            {"completed": "e", "after": "none"},
        ]
    }
    ranks = {place.address: place.rank for place in places("/", node(rule))}
    assert ranks == {"/a": 0, "/b": 1, "/g/c": 2, "/g/d": 2, "/e": 1}


def test_an_order_that_goes_round_comes_to_an_end() -> None:
    rule = {"all": [{"completed": "a", "after": "b"}, {"completed": "b", "after": "a"}, "c"]}
    ranks = {place.address: place.rank for place in places("/", node(rule))}
    assert ranks == {"/a": 3, "/b": 3, "/c": 0}


def test_a_place_is_below_what_its_address_begins_with() -> None:
    assert is_below("/a", "/")
    assert is_below("/a", "/a")
    assert is_below("/a/b", "/a")
    assert not is_below("/ab", "/a")
    assert not is_below("/", "/a")
    assert is_below("/max/y", "/max")
    assert not is_below("/max", "/ma")


def test_tests_of_a_rule_are_those_of_requirements_and_clauses() -> None:
    y, x = read_test({"y": 1}, ""), read_test({"x": 1}, "")
    grade = Compare("grade", "at_least", Decimal(60), "0-100")
    assert leaves.tests_of("/", node(RULE)) == [x, y, grade]
    assert list(own_tests(node({"learner": {"trade": "nurse"}}))) == []
    capped = {"credits": 9, "caps": [{"at_most": {"credits": 1}, "where": {"x": 1}}]}
    assert leaves.tests_of("/", node(capped)) == [x]


def test_hints_are_values_that_are_worth_trying() -> None:
    rule = {
        "all": [
            {"credits": 9, "of_which": [{"distinct": "area", "at_least": 3}]},
            {"credits": 9, "of_which": [{"same": "area"}]},
            {"credits": 9, "of_which": [{"mean": 6, "scale": "1-10"}]},
            {"points": 9},
            {"credits": 8},
        ]
    }
    assert hints_of("/", node(rule)) == [
        OneOf("area", ("area-1", "area-2", "area-3")),
        OneOf("area", ("area-1", "area-2")),
        Compare("grade", "at_least", Decimal(6), "1-10"),
        Compare("grade", "at_least", Decimal("4.5"), "0-100"),
    ]
    assert values_by("x", 0) == ()


def test_what_is_limited_is_told_by_keys_and_test() -> None:
    x = read_test({"x": 1}, "")
    rule = {
        "all": [
            {"at_most": {"items": 1}, "of": ["a", "b"], "where": {"x": 1}},
            {"at_most": {"items": 1}},
            "c",
        ]
    }
    assert limits_of(node(rule)) == [AllTests((OneOf("achievement", ("a", "b")), x)), AllTests(())]


def test_a_need_is_changed_by_its_smallest_step() -> None:
    assert [step_of(unit) for unit in ("credits", "items", "points")] == [Decimal("0.5"), 1, 1]
    assert [said(Decimal("1.50")), said(Decimal("1E+2")), said("x"), said(3)] == [
        "1.5", "100", "x", "3",
    ]  # fmt: skip
