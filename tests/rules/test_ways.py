"""The smallest sets of options: how many there are, of how many items and credits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.envelope import envelope
from stacking_rules.impossible import Prospect
from stacking_rules.stacks import ROOT, Stack
from stacking_rules.ways import Counter, Ways

WORTH = {"a": 2, "b": 3, "c": 3, "d": 4, "e": 5}
ABCDE = [*WORTH]
MORE = [f"k{number}" for number in range(6)]
"""Of two credits each."""


def stack_of(requires: object) -> Stack:
    texts = {key: {"credits": worth} for key, worth in WORTH.items()}
    texts |= {key: {"credits": 2} for key in MORE} | {"unknown": {}}
    return parse_stack(
        {"key": "award", "requires": requires, "definitions": {"achievements": texts}}
    )


def ways(requires: object) -> Ways:
    found = envelope(stack_of(requires))
    assert found.ways is not None, found.unsaid
    return found.ways


def told(requires: object) -> tuple[Any, ...]:
    """Return (sets, fewest items, least credits, most credits)."""
    found = ways(requires)
    assert not found.is_more
    return found.count, found.items, found.least, found.most


def amount(need: object, *keys: str, **more: object) -> dict[str, Any]:
    return {"id": f"of-{'-'.join(keys)}", "credits": need, "of": [*keys]} | more


def items(need: int, *keys: str, **more: object) -> dict[str, Any]:
    return {"id": f"of-{'-'.join(keys)}", "items": need, "of": [*keys]} | more


SUMS = [
    # e, bc, ad, bd, cd, ab (5), ac (5); de, be, ... are too much
    (amount(5, *ABCDE), (7, 1, 5, 7)),
    # ae, bd, cd, be, ce, de, abc
    (amount(7, *ABCDE), (7, 2, 7, 9)),
    # two of b, c and d, or each of them with a
    (amount(6, "a", "b", "c", "d"), (4, 2, 6, 7)),
    (amount(17, *ABCDE), (1, 5, 17, 17)),
    (amount(16, *ABCDE), (1, 5, 17, 17)),
    (amount(18, *ABCDE), (0, 0, 0, 0)),
    (amount("2.5", "a", "b"), (1, 1, 3, 3)),
    (amount(4, *MORE), (15, 2, 4, 4)),
    (amount(3, *MORE), (15, 2, 4, 4)),
    (amount(0, *MORE), (1, 0, 0, 0)),
]


@pytest.mark.parametrize(("requires", "expected"), SUMS)
def test_sets_that_reach_a_sum_are_counted(requires: object, expected: tuple[int, ...]) -> None:
    assert told(requires) == expected


@pytest.mark.parametrize(("requires", "expected"), SUMS)
def test_sums_that_are_too_many_are_searched_for(
    requires: object, expected: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stacking_rules.ways.MOST_SUMS", 0)
    assert told(requires) == expected


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        (items(2, *ABCDE), (10, 2, 5, 9)),
        (items(5, *ABCDE), (1, 5, 17, 17)),
        (items(6, *ABCDE), (0, 0, 0, 0)),
        (items(0, *ABCDE), (1, 0, 0, 0)),
        (items(1, "a", "unknown"), (2, 1, None, None)),
        ({"all": ["a", "unknown"]}, (1, 2, None, None)),
        # One unknown sum leaves all of them unknown; the number stays.
        ({"any": [items(1, "a", "b"), items(2, "c", "unknown")]}, (3, 1, None, None)),
        ({"all": [items(1, "a", "b"), items(2, "c", "unknown")]}, (2, 3, None, None)),
    ],
)
def test_sets_of_so_many_items_are_counted(requires: object, expected: tuple[int, ...]) -> None:
    assert told(requires) == expected


P, Q, R = items(1, "a", "b"), items(2, "c", "d", "e"), amount(4, "k0", "k1")
NOTHING, NEVER = items(0, "k2"), amount(9, "k3", "k4")


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        # P: 2 ways of 2 or 3 credits; Q: 3 ways of 7 to 9; R: 1 way of 4
        ({"all": [P, Q, R]}, (6, 5, 13, 16)),
        ({"any": [P, Q, R]}, (6, 1, 2, 9)),
        ({"at_least": 2, "of": [P, Q, R]}, (6 + 2 + 3, 3, 6, 13)),
        # What needs nothing is met beforehand, what is impossible never.
        ({"at_least": 2, "of": [P, NOTHING, Q]}, (5, 1, 2, 9)),
        ({"any": [P, NOTHING]}, (1, 0, 0, 0)),
        ({"all": [P, NOTHING]}, (2, 1, 2, 3)),
        ({"any": [P, NEVER]}, (2, 1, 2, 3)),
        ({"all": [P, NEVER]}, (0, 0, 0, 0)),
        ({"at_least": 2, "of": [NEVER, P, Q, R]}, (11, 3, 6, 13)),
        ({"at_least": 0, "of": [P, Q]}, (1, 0, 0, 0)),
    ],
)
def test_parts_that_share_nothing_combine_freely(
    requires: object, expected: tuple[int, ...]
) -> None:
    assert told(requires) == expected


def test_there_is_no_way_where_a_part_that_is_needed_has_none() -> None:
    assert ways({"all": [P, NEVER]}).count == 0
    assert ways({"at_least": 3, "of": [P, NEVER, Q]}).count == 0
    assert ways({"any": [NEVER, {"id": "x", "all": [NEVER, P]}]}).count == 0


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        # ab or bc; {a, b, c} would hold one too many
        ({"any": [{"id": "x", "all": ["a", "b"]}, {"id": "y", "all": ["b", "c"]}]}, (2, 2, 5, 6)),
        # one of a and b, another one of b and c
        ({"all": [items(1, "a", "b"), items(1, "b", "c")]}, (3, 2, 5, 6)),
        ({"all": [items(1, "a", "b"), items(1, "b", "c")], "once": 2}, (2, 1, 3, 5)),
        ({"all": [items(2, "a", "b"), items(1, "b")]}, (0, 0, 0, 0)),
        ({"all": [items(1, "a", "b", use="overlay"), items(1, "b", "c")]}, (2, 1, 3, 5)),
        # Even parts that share nothing are searched where something may be shared.
        ({"all": [items(1, "a", "b"), items(1, "c")], "once": 2}, (2, 2, 5, 6)),
        (amount(7, *ABCDE, best=2), (6, 2, 7, 9)),
        (amount(7, *ABCDE, of_which=[{"items": 3}]), (10, 3, 8, 12)),
        (items(2, "a", "b", "unknown", of_which=[{"items": 2}]), (3, 2, None, None)),
        # What is not declared may be as it should.
        (items(2, "a", "b", of_which=[{"items": 1, "where": {"t": "x"}}]), (1, 2, 5, 5)),
    ],
)
def test_parts_that_compete_and_clauses_are_searched(
    requires: object, expected: tuple[int, ...]
) -> None:
    assert told(requires) == expected


def test_sums_of_many_options_are_counted_by_arithmetic() -> None:
    texts = {f"m{number}": {"credits": 2} for number in range(30)}
    rule = {"credits": 20, "of": [*texts]}
    data = {"key": "award", "requires": rule, "definitions": {"achievements": texts}}
    assert envelope(parse_stack(data)).ways == Ways(30_045_015, 10, Decimal(20), Decimal(20))


def test_more_ways_than_are_written_out_are_not_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    six = {"all": [amount(7, *ABCDE, best=2), {"completed": "k0", "id": "z"}]}
    for most in (7, 6):
        monkeypatch.setattr("stacking_rules.ways.MOST_WAYS", most)
        assert ways(six) == Ways(6, 3, 9, 11)
    monkeypatch.setattr("stacking_rules.ways.MOST_WAYS", 5)
    assert ways(six) == Ways(5, 3, None, None, is_more=True)
    # Whichever is found first, the fewest items are found.
    monkeypatch.setattr("stacking_rules.ways.MOST_WAYS", 1)
    for keys in (ABCDE, ABCDE[::-1]):
        assert ways(amount(7, *keys, best=4)) == Ways(1, 2, None, None, is_more=True)
    some = {"any": [items(3, "a", "b", "c"), items(2, "a", "d")]}
    assert ways(some) == Ways(1, 2, None, None, is_more=True)
    assert ways({"any": [six | {"id": "six"}, {"id": "k", "all": ["k1"]}]}) == Ways(
        2, 1, None, None, is_more=True
    )


@pytest.mark.parametrize(
    ("requires", "number"),
    [
        (amount(7, *ABCDE), 2),
        (amount(9, *ABCDE), 2),
        (amount(10, *ABCDE), 3),
        (amount(20, *ABCDE), 5),
        (amount(0, *ABCDE), 0),
        (items(2, *ABCDE, use="overlay"), 0),
        ({"all": [P, Q, R]}, 5),
        ({"at_least": 2, "of": [Q, R, P]}, 3),
        ({"all": [items(2, "a", "b"), items(1, "b", "a")], "once": 2}, 2),
        ({"at_least": 0, "of": [P, Q], "once": 2}, 0),
    ],
)
def test_so_many_items_are_needed_at_the_least(requires: object, number: int) -> None:
    stack = stack_of(requires)
    prospect = Prospect(stack, ROOT, stack.requires)
    counter = Counter(prospect.candidates, prospect.held, {}, is_shared=prospect.shares)
    assert counter.fewest(prospect.root) == number
