"""How large made-up items are: a few even sizes that add up exactly to what is needed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules.item_sizes import share_of, split
from stacking_rules.leaves import Place, places
from tests.rules.helpers import stack


def place_of(rule: object) -> Place:
    return places("/", stack(rule).requires)[0]


def sizes(rule: object, need: str, *limits: int) -> list[float]:
    return [float(size) for size in split(place_of(rule), Decimal(need), *limits)]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("12", [3, 3, 3, 3]),
        ("9", [3, 3, 3]),
        ("10", [5, 5]),
        ("7", [2, 2, 1.5, 1.5]),
        ("2.25", [1.25, 1]),
        ("1", [1]),
        ("0.5", [0.5]),
        ("0", []),
        ("-1", []),
    ],
)
def test_credits_come_in_up_to_four_even_halves(need: str, expected: list[float]) -> None:
    assert sizes({"credits": 12}, need) == expected


@pytest.mark.parametrize(
    ("need", "limits", "expected"),
    [
        ("10", (3,), [2.5, 2.5, 2.5, 2.5]),
        ("12", (6,), [2, 2, 2, 2, 2, 2]),
        ("10", (6,), [2, 2, 1.5, 1.5, 1.5, 1.5]),
        ("2", (3,), [1, 0.5, 0.5]),
        ("9", (3,), [3, 3, 3]),
        ("0.5", (3,), [0.5]),
        ("12", (1, 1), [12]),
        ("12", (1, 3), [4, 4, 4]),
    ],
)
def test_there_are_as_many_items_as_asked_for(
    need: str, limits: tuple[int, ...], expected: list[float]
) -> None:
    assert sizes({"credits": 12}, need, *limits) == expected


@pytest.mark.parametrize(
    ("more", "need", "expected"),
    [
        ({"best": 2}, "9", [4.5, 4.5]),
        ({"of": ["a", "b"]}, "9", [4.5, 4.5]),
        ({"of": ["a", "b", "c", "d", "e"]}, "12", [3, 3, 3, 3]),
        ({"of_which": [{"distinct": "x", "at_least": 3}]}, "10", [2.5, 2.5, 2.5, 2.5]),
        ({"of_which": [{"distinct": "x", "at_least": 5}]}, "10", [2, 2, 2, 2, 2]),
        ({"of_which": [{"items": 5}]}, "10", [2, 2, 2, 2, 2]),
        ({"of_which": [{"credits": 5}]}, "10", [5, 5]),
        ({"of_which": [{"at_most": {"items": 1}}]}, "10", [5, 5]),
    ],
)
def test_clauses_say_how_many_items_there_are(
    more: dict[str, Any], need: str, expected: list[float]
) -> None:
    assert sizes({"credits": 12, **more}, need) == expected


def test_an_item_is_one_and_there_are_never_too_few() -> None:
    assert sizes({"items": 3}, "3") == [1, 1, 1]
    assert sizes({"items": 3}, "2.5") == [1, 1, 1]
    assert sizes({"items": 2, "of_which": [{"distinct": "x", "at_least": 4}]}, "2") == [1, 1, 1, 1]
    assert sizes("a", "1") == [1]
    assert sizes({"items": 3}, "0") == []


def test_points_are_whole() -> None:
    rule = {"points": 50, "of": ["a", "b", "c", "d"]}
    assert sizes(rule, "50") == [25, 25]
    assert sizes(rule, "7") == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("field", "clause", "expected"),
    [
        ("of_which", {"credits": 10}, 10),
        ("of_which", {"items": 10}, 0),
        ("of_which", {"at_most": {"credits": 7}}, 7),
        ("of_which", {"share": "1/3"}, 10),
        ("of_which", {"share": "2/3"}, 20),
        ("of_which", {"share": "1/3", "unit": "items"}, 0),
        ("of_which", {"distinct": "x", "at_least": 3}, 0),
        ("caps", {"at_most": {"credits": 4}}, 4),
    ],
)
def test_a_clause_speaks_of_a_part_of_the_amount(
    field: str, clause: dict[str, Any], expected: int
) -> None:
    place = place_of({"credits": 30, field: [clause]})
    assert share_of(place.clauses[0], place) == expected
