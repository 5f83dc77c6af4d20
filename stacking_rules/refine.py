"""Which of several good solutions is taken: the published order of ties, decided exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stacking_rules.held import Item, Rank, rank
from stacking_rules.problems import Literal, Problem, Use
from stacking_rules.search import Budget, Condition, SearchExhaustedError, at_most

DECISIONS = 3_000
"""What the search for the best of equal solutions may take; then the best so far is taken."""


def refine(
    problem: Problem, taken: list[bool], pins: frozenset[tuple[str, str]] = frozenset()
) -> list[bool]:
    """Return the best solution: pins kept, fewest items, then one place after the other.

    Places are wished for in the published order: pinned; items that fit fewest places (flexible
    ones stay free); what is valid longest; the earliest; the stable id.
    """
    budget = Budget(DECISIONS, asks=0)
    fixed: list[Literal] = []
    try:
        for use in problem.uses:
            if (use.pool.address, use.fit.fact.id) in pins:
                taken = _wish(problem, use.choice, taken, fixed, (), budget)
        fewest, taken = _fewest(problem, taken, fixed, budget)
        for use in sorted(problem.uses, key=_order(problem)):
            taken = _wish(problem, use.choice, taken, fixed, fewest, budget)
    except SearchExhaustedError:
        pass
    return taken


def _wish(
    problem: Problem,
    choice: int,
    taken: list[bool],
    fixed: list[Literal],
    more: Iterable[Condition],
    budget: Budget,
) -> list[bool]:
    """Fix ``choice`` as taken if that is possible, as not taken otherwise."""
    if not taken[choice]:
        found = problem.solve(budget, [*fixed, (choice, True)], more)
        taken = taken if found is None else found
    fixed.append((choice, taken[choice]))
    return taken


def _fewest(
    problem: Problem, taken: list[bool], fixed: list[Literal], budget: Budget
) -> tuple[tuple[Condition, ...], list[bool]]:
    """Return a solution with the fewest places, and the condition that there be no more."""
    terms = [(use.choice, 1) for use in problem.uses]
    count = sum(taken[choice] for choice, _ in terms)
    try:
        while count:
            found = problem.solve(budget, fixed, [at_most(terms, count - 1)])
            if found is None:
                break
            taken = found
            count = sum(taken[choice] for choice, _ in terms)
    except SearchExhaustedError:
        budget.left = DECISIONS // 10
    return (at_most(terms, count),), taken


def _order(problem: Problem) -> Callable[[Use], tuple[int, Rank, int]]:
    places: dict[Item, set[str]] = {}
    for use in problem.uses:
        if not use.pool.is_overlay:
            places.setdefault(use.fit.item, set()).add(use.pool.address)

    def wish(use: Use) -> tuple[int, Rank, int]:
        return len(places.get(use.fit.item, ())), rank(use.fit.fact), use.choice

    return wish
