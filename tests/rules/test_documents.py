"""A document that is wrong is refused with its address."""

from __future__ import annotations

import pytest

from stacking_rules import (
    CircularStackError,
    DocumentError,
    LimitExceededError,
    in_award_order,
    parse_document,
)
from tests.rules.helpers import stack


def refused(data: object) -> DocumentError:
    with pytest.raises(DocumentError) as error:
        parse_document(data)
    return error.value


def one(requires: object) -> dict[str, object]:
    return {"quoin": 2, "stacks": [{"key": "s", "requires": requires}]}


@pytest.mark.parametrize(
    ("data", "address"),
    [
        ([], ""),
        ({"stacks": []}, "/quoin"),
        ({"quoin": 3, "stacks": []}, "/quoin"),
        ({"quoin": True, "stacks": []}, "/quoin"),
        ({"quoin": 2, "stacks": []}, "/stacks"),
        (one({"al": ["a"]}), "/stacks/0/requires/al"),
        (one({"all": []}), "/stacks/0/requires/all"),
        (one({"all": ["a", "a"]}), "/stacks/0/requires/all/1"),
        (one({"at_least": 3, "of": ["a", "b"]}), "/stacks/0/requires/at_least"),
        (one({"at_least": True, "of": ["a"]}), "/stacks/0/requires/at_least"),
        (one({"completed": "a", "grade": 101}), "/stacks/0/requires/grade"),
        (one({"completed": "a", "award": "b"}), "/stacks/0/requires"),
        (one({"credits": "NaN", "of": ["a"]}), "/stacks/0/requires/credits"),
        (one({"award": "a", "grade": 5}), "/stacks/0/requires/grade"),
        (one("Not A Key"), "/stacks/0/requires"),
    ],
)
def test_the_address_names_the_place(data: object, address: str) -> None:
    assert refused(data).address == address


def test_the_whole_document_has_an_address_too() -> None:
    assert str(refused([])).startswith("/: ")


def test_a_near_miss_is_suggested() -> None:
    assert "Did you mean 'at_least'?" in refused(one({"at_leest": 1, "of": ["a"]})).message


def test_bombs_are_refused() -> None:
    deep: object = "a"
    for _ in range(60):
        deep = {"all": [deep]}
    with pytest.raises(LimitExceededError):
        parse_document(one(deep))
    with pytest.raises(LimitExceededError):
        parse_document(one({"any": [f"k{i}" for i in range(10_001)]}))


def test_awards_that_need_each_other_are_named() -> None:
    a, b = stack({"award": "b"}, "a"), stack({"award": "a"}, "b")
    with pytest.raises(CircularStackError) as error:
        in_award_order([a, b])
    assert error.value.path == ("a", "b", "a")
