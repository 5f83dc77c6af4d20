"""Which of several good solutions is taken: the published order of ties, decided exactly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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


def _order(problem: Problem):  # type: ignore[no-untyped-def]
    places: dict[tuple[str, str], int] = {}
    for use in problem.uses:
        places[use.fit.item] = places.get(use.fit.item, 0) + 1

    def rank(use: Use) -> tuple[int, int, date, str, int]:
        until = use.fit.fact.valid_until or date.max
        return (
            places[use.fit.item],
            -until.toordinal(),
            use.fit.fact.on,
            use.fit.fact.id,
            use.choice,
        )

    return rank
