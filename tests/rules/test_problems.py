"""Choices under conditions: how they are written down, and which are given up first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stacking_rules.impossible import Prospect
from stacking_rules.problems import AID, PLACE, Problem, is_member
from stacking_rules.search import Budget, Condition
from stacking_rules.selection import Compare, OneOf
from stacking_rules.stacks import ROOT
from tests.rules.helpers import stack

AB = stack({"all": ["a", "b"]})
HELD = Prospect(AB, ROOT, AB.requires).held
ONE, HALF = Decimal(1), Decimal("0.50")


def problem(choices: int, *, is_relaxed: bool = False) -> Problem:
    found = Problem(HELD, is_relaxed=is_relaxed)
    for _ in range(choices):
        found.choice(PLACE, prefer=False)
    return found


@pytest.mark.parametrize(
    ("terms", "need", "condition"),
    [
        ([(0, ONE), (1, ONE)], 2, Condition(((0, 1), (1, 1)), 2)),
        # In whole numbers, with no more places than there are.
        ([(0, HALF), (1, Decimal("0.25"))], Decimal("0.75"), Condition(((0, 50), (1, 25)), 75)),
        ([(0, ONE), (1, ONE)], Decimal("1.5"), Condition(((0, 10), (1, 10)), 15)),
        ([(0, -ONE), (1, -ONE)], -1, Condition(((0, -1), (1, -1)), -1)),
        # What always holds is no condition.
        ([(0, ONE)], 0, None),
        ([(0, -ONE), (1, -ONE)], -2, None),
        # What never holds is one.
        ([], 1, Condition((), 1)),
    ],
)
def test_a_condition_is_written_in_whole_numbers(
    terms: list[tuple[int, Decimal]], need: Decimal | int, condition: Condition | None
) -> None:
    found = problem(2)
    found.require(terms, need)
    assert found.conditions == ([] if condition is None else [condition])


def solutions(found: Problem) -> set[tuple[bool, ...]]:
    """Return everything that the choices can be."""
    size = len(found.ranks)
    every = [[bool(number >> place & 1) for place in range(size)] for number in range(2**size)]
    fits = [found.solve(Budget(), list(enumerate(values))) for values in every]
    assert all(got in (None, values) for got, values in zip(fits, every, strict=True))
    return {tuple(values) for got, values in zip(fits, every, strict=True) if got is not None}


def test_a_condition_is_void_where_a_choice_has_a_value() -> None:
    both = {(True, True)}
    for value in (True, False):
        found = problem(3)
        found.require([(0, ONE), (1, ONE)], 2, [(2, value)])
        assert {got[:2] for got in solutions(found) if got[2] is not value} == both
        assert len([got for got in solutions(found) if got[2] is value]) == 4


def test_two_that_are_not_taken_together() -> None:
    found = problem(3)
    found.forbid_together(0, 1, [(2, True)])
    assert len(solutions(found)) == 3 + 4
    assert (True, True, False) not in solutions(found)


def test_what_is_not_relaxed_is_never_switched_off() -> None:
    found = problem(1)
    assert found.switch_off("/x", 5) == []
    assert (found.relaxed, found.costs, len(found.ranks)) == ({}, {}, 1)


@pytest.mark.parametrize("costs", [(1_000, 1), (1, 1_000)])
def test_of_two_that_contradict_the_cheaper_one_is_given_up(costs: tuple[int, int]) -> None:
    found = problem(1, is_relaxed=True)
    taken, left = (found.switch_off(at, cost) for at, cost in zip("xy", costs, strict=True))
    assert found.switch_off("x", costs[0]) == taken, "one switch for one address"
    found.require([(0, ONE)], 1, taken)
    found.require([(0, -ONE)], 0, left)
    solution = found.solve(Budget())
    assert solution is not None
    off = {at for at, choice in found.relaxed.items() if solution[choice]}
    assert off == {"y" if costs[0] > costs[1] else "x"}
    assert found.costs == dict(zip("xy", costs, strict=True))


def test_nothing_is_switched_off_without_need() -> None:
    found = problem(1, is_relaxed=True)
    found.require([(0, ONE)], 1, found.switch_off("x", 5))
    assert found.solve(Budget()) == [True, False]


def test_a_solution_is_told_in_the_order_in_which_choices_were_added() -> None:
    found = Problem(HELD)
    aid = found.choice(AID, prefer=True)
    later = found.choice(PLACE, prefer=True, rank=2)
    place = found.choice(PLACE, prefer=False)
    assert (aid, later, place) == (0, 1, 2)
    assert found.solve(Budget()) == [True, True, False]
    assert found.solve(Budget(), [(later, False)]) == [True, False, False]
    only_place = Condition(((place, 1), (aid, -1)), 1)
    assert found.solve(Budget(), more=[only_place]) == [False, True, True]


def test_what_is_not_known_of_a_fact_is_taken_at_its_worst_unless_there_is_hope() -> None:
    (_, fact), *_ = HELD.named["completion", "a"]
    unknown, no, yes = Compare("n", "above", ONE), OneOf("kind", ("award",)), None
    for is_hopeful in (False, True):
        found = Problem(HELD, is_hopeful=is_hopeful)
        assert is_member(found, unknown, fact, is_limit=True) is not is_hopeful
        assert is_member(found, unknown, fact, is_limit=False) is is_hopeful
        for is_limit in (False, True):
            assert is_member(found, yes, fact, is_limit=is_limit)
            assert not is_member(found, no, fact, is_limit=is_limit)
    assert is_member(Problem(HELD), unknown, fact, is_limit=True)
