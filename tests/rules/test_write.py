"""A stack that is written and read again is the same; what differs is named by address."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.differences import Difference, differences
from stacking_rules.read_requirements import Reader
from stacking_rules.requirements import Requirement
from stacking_rules.write import write_requirement
from tests.rules.random_rules import FEATURES, Draw
from tests.rules.test_programmes import document_of, names


def again(node: Requirement, scales: Any) -> Requirement:
    """Write ``node`` as JSON and read it again."""
    text = json.dumps(write_requirement(node), default=float)
    return Reader(scales).read(json.loads(text, parse_float=Decimal), "", 1, "", "")


@pytest.mark.parametrize("name", names())
def test_the_programmes_survive_writing_and_reading(name: str) -> None:
    for stack in document_of(name).stacks:
        assert again(stack.requires, stack.definitions.scales) == stack.requires


@pytest.mark.parametrize("feature", range(len(FEATURES)))
def test_random_rules_survive_writing_and_reading(feature: int) -> None:
    for seed in range(feature, 1_500, len(FEATURES)):
        stack = parse_stack(Draw(seed).stack)
        assert again(stack.requires, stack.definitions.scales) == stack.requires
        assert differences(stack, stack) == ()


@pytest.mark.parametrize(
    "of",
    [
        ["a", {"award": "b"}, {"attested": "c"}],
        [{"attested": "c"}, {"award": "b"}],
        [{"award": "a"}, "b", "c"],
    ],
)
def test_several_kinds_survive_writing_and_reading(of: list[Any]) -> None:
    stack = parse_stack({"key": "k", "requires": {"items": 2, "of": of}})
    assert again(stack.requires, {}) == stack.requires


def test_short_things_stay_short() -> None:
    rule = {"all": ["a", "b", {"at_least": 2, "of": ["c", "d", "e"]}]}
    assert write_requirement(parse_stack({"key": "x", "requires": rule}).requires) == rule


@pytest.mark.parametrize(
    "rule",
    [
        {"credits": 30, "points": 5, "items": 2},
        {"credits": 5, "of_which": [{"id": "credits", "credits": 3}]},
        {"items": 2, "of_which": [{"id": "credits", "credits": 5}]},
        {"credits": 9, "of_which": [{"id": "items", "items": 2}, {"at_most": {"items": 3}}]},
        {"points": 9, "of_which": [{"id": "items", "items": 2}, {"id": "credits", "credits": 5}]},
        {"credits": 9, "of_which": [{"id": "items", "items": 2, "where": {"x": 1}}]},
        {"credits": 9, "items": 2, "of_which": [{"points": 5}]},
        {"credits": 9, "of_which": [{"points": 5}, {"id": "x", "points": 6}, {"points": 7}]},
        {"credits": 9, "of_which": [{"id": "least-2", "points": 5}, {"points": 6}]},
        {"credits": 9, "caps": [{"at_most": {"credits": 2}}, {"at_most": {"credits": 1}}]},
        {"all": [{"id": "a", "items": 1}, {"id": "b", "items": 1, "after": "a"}]},
        {"all": ["x", {"id": "g", "all": [{"completed": "y", "after": "/x"}]}]},
        {"all": ["1x", {"id": "z", "completed": "y"}]},
    ],
)
def test_what_is_written_is_the_text_that_was_read(rule: dict[str, Any]) -> None:
    assert write_requirement(stack(rule).requires) == rule


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ({"id": "x", "title": "T", "rule": ["R"], "completed": "a", "grade": 5},
         ["completed", "grade", "id", "title", "rule"]),
        ({"all": ["a"], "rule": ["R"], "title": "T", "id": "x", "together": True},
         ["id", "title", "rule", "all", "together"]),
        ({"items": 2, "points": 5, "credits": 30, "of": ["a"]},
         ["credits", "of", "points", "items"]),
    ],
)  # fmt: skip
def test_fields_are_written_in_the_order_in_which_people_read_them(
    rule: dict[str, Any], fields: list[str]
) -> None:
    written = write_requirement(stack(rule).requires)
    assert isinstance(written, dict)
    assert list(written) == fields


SHARED = [{"id": "x", "credits": 3}, {"id": "y", "credits": 3}]


def stack(requires: object, **more: object) -> Any:
    return parse_stack({"key": "award", "requires": requires} | more)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"credits": 10}, {"credits": 12}, Difference("/", "raised", "need", "10", "12")),
        ({"credits": 12}, {"credits": 10}, Difference("/", "lowered", "need", "12", "10")),
        (
            {"items": 1, "of": ["a", "b"]},
            {"items": 1, "of": ["b", "c"]},
            Difference("/", "options", "of", "a", "c"),
        ),
        ({"all": ["a"]}, {"all": ["a", "b"]}, Difference("/b", "added", "completed")),
        ({"all": ["a", "b"]}, {"all": ["a"]}, Difference("/b", "removed", "completed")),
        ({"all": ["a"]}, {"any": ["a"]}, Difference("/", "changed", "kind", "allof", "anyof")),
        (
            {"credits": 9, "caps": [{"at_most": {"credits": 3}}]},
            {"credits": 9, "caps": [{"at_most": {"credits": 4}}]},
            Difference("/cap", "raised", "limit", "3", "4"),
        ),
        ({"credits": 9}, {"credits": 9, "best": 2}, Difference("/best", "added", "best")),
        (
            {"credits": 9},
            {"credits": 9, "use": "overlay"},
            Difference("/", "changed", "is_overlay", "False", "True"),
        ),
        (
            {"all": ["x", "y", {"completed": "z", "after": "x"}]},
            {"all": ["x", "y", {"completed": "z", "after": "y"}]},
            Difference("/z/after", "changed", "of", "/x", "/y"),
        ),
        (
            {"if": "a", "then": "b"},
            {"if": "a", "then": "c"},
            Difference("/then", "changed", "achievement", "b", "c"),
        ),
        (
            {"if": "a", "then": "b"},
            {"if": "a", "then": "b", "title": "Case"},
            Difference("/", "changed", "title", "", "Case"),
        ),
        (
            {"items": 9, "of": ["a"], "best": 9},
            {"items": 9, "best": 9},
            Difference("/", "options", "of", "a", ""),
        ),
        (
            {"all": SHARED, "sharing": [{"between": ["x", "y"]}]},
            {"all": SHARED, "sharing": [{"between": ["x", "y"], "unique": 2}]},
            Difference("/share", "changed", "unique", "None", "2"),
        ),
    ],
)
def test_a_change_is_named_at_its_address(old: object, new: object, found: Difference) -> None:
    assert differences(stack(old), stack(new)) == (found,)


def test_a_change_of_terms_is_named() -> None:
    (found,) = differences(stack("a"), stack("a", repeats="latest"))
    assert found == Difference("", "changed", "repeats", "best", "latest")
