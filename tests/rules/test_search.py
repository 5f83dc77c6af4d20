"""The exact search against trying everything."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from stacking_rules.search import (
    Budget,
    Condition,
    SearchExhaustedError,
    at_least,
    at_most,
    holds,
    solve,
)


def random_problem(random: Random) -> tuple[int, list[Condition]]:
    size = random.randint(1, 8)
    conditions = []
    for _ in range(random.randint(1, 5)):
        choices = random.sample(range(size), random.randint(1, size))
        terms = [(choice, random.choice((-3, -2, -1, 1, 1, 2, 3, 5))) for choice in choices]
        conditions.append(at_least(terms, random.randint(-4, 6)))
    return size, conditions


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_trying_everything(seed: int) -> None:
    random = Random(seed)
    answers = set()
    for _ in range(100):
        size, conditions = random_problem(random)
        possible = [
            list(taken)
            for taken in product((False, True), repeat=size)
            if all(holds(c, taken) for c in conditions)
        ]
        found = solve(size, conditions)
        assert (found in possible) if possible else found is None
        answers.add(found is not None)
    assert answers == {True, False}


def test_fixed_choices_and_preferences_are_kept() -> None:
    one_of_three = [at_least([(0, 1), (1, 1), (2, 1)], 1), at_most([(0, 1), (1, 1), (2, 1)], 1)]
    assert solve(3, one_of_three) == [True, False, False]
    assert solve(3, one_of_three, fixed=[(0, False)]) == [False, True, False]
    assert solve(3, one_of_three, prefer=[False] * 3) == [False, False, True]
    assert solve(3, one_of_three, fixed=[(0, True), (1, True)]) is None


def test_equal_choices_are_added_and_zeros_left_out() -> None:
    assert at_least([(0, 2), (1, 1), (0, 1), (1, -1)], 3) == Condition(((0, 3),), 3)


def test_a_contradiction_is_seen_without_a_choice() -> None:
    assert solve(1, [at_least([(0, 1)], 2)], budget=Budget(0)) is None
    assert solve(2, [at_least([(0, 1)], 1), at_most([(0, 1), (1, 1)], 0)], budget=Budget(0)) is None


def test_a_budget_is_spent_decision_by_decision() -> None:
    budget = Budget(2)
    budget.spend()
    budget.spend()
    with pytest.raises(SearchExhaustedError):
        budget.spend()
    assert solve(3, [], budget=Budget(3)) == [True] * 3
    with pytest.raises(SearchExhaustedError):
        solve(3, [], budget=Budget(2))


def test_what_follows_is_drawn_without_a_decision() -> None:
    chain = [at_least([(n, 1), (n + 1, -1)], 0) for n in range(5)]
    budget = Budget(1)
    assert solve(6, [*chain, at_least([(5, 1)], 1)], budget=budget) == [True] * 6
    assert budget.left == 1
    assert solve(6, chain, prefer=[False] * 6, budget=Budget(1)) == [False] * 6
    weights = at_least([(0, 5), (1, 2), (2, 1)], 6)
    assert solve(3, [weights], budget=Budget(1), prefer=[False] * 3) == [True, False, True]


def test_what_follows_twice_does_not_stop_what_else_follows() -> None:
    twice = [at_least([(1, 1), (0, -1)], 0), at_least([(1, 2), (0, -2)], 0)]
    rest = [at_least([(2, 1), (0, -1)], 0), at_least([(3, 1), (1, -1)], 0), at_least([(0, 1)], 1)]
    assert solve(4, [*twice, *rest], budget=Budget(0)) == [True] * 4


def test_a_choice_that_was_turned_back_leaves_nothing_behind() -> None:
    # 0 is tried first and cannot be taken; whatever it made impossible is possible again.
    conditions = [at_most([(0, 2), (1, 1), (2, 1)], 3), at_least([(1, 1), (2, 1)], 2)]
    conditions += [at_least([(3, 1), (0, 1)], 1), at_most([(3, 1), (0, 1)], 1)]
    assert solve(4, conditions) == [False, True, True, True]
    assert solve(2, [at_least([(0, 1), (1, 1)], 1), at_most([(0, 1)], 0)]) == [False, True]
    assert solve(3, [at_least([(0, 1), (1, 1)], 1), at_least([(0, -1), (1, -1)], 0)]) is None


def test_choices_that_failed_come_first_so_that_a_knot_is_not_tried_again_and_again() -> None:
    # Twelve choices that have nothing to do with it come before four pigeons and three holes.
    free, pigeons, holes = 12, 4, 3
    place = {(p, h): free + p * holes + h for p in range(pigeons) for h in range(holes)}
    conditions = [at_least([(place[p, h], 1) for h in range(holes)], 1) for p in range(pigeons)]
    conditions += [at_most([(place[p, h], 1) for p in range(pigeons)], 1) for h in range(holes)]
    budget = Budget(400)
    assert solve(free + pigeons * holes, conditions, budget=budget) is None
    assert budget.left > 0


def test_a_search_that_reaches_its_limit_says_so() -> None:
    # Seven pigeons, six holes: no is true, and takes more than a few choices to prove.
    pigeons, holes = 7, 6
    conditions = [at_least([(p * holes + h, 1) for h in range(holes)], 1) for p in range(pigeons)]
    conditions += [at_most([(p * holes + h, 1) for p in range(pigeons)], 1) for h in range(holes)]
    with pytest.raises(SearchExhaustedError):
        solve(pigeons * holes, conditions, budget=Budget(20))
    assert solve(pigeons * holes, conditions) is None
