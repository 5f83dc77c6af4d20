"""Why not: what would have to give way, and which requirements cannot be filled together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from stacking_rules.encode import encode
from stacking_rules.held import Candidates, Held
from stacking_rules.problems import Literal, Placement, Problem
from stacking_rules.search import Budget, SearchExhaustedError, at_most
from stacking_rules.thresholds import Threshold

DECISIONS = 5_000
ASKS = 3, 20
"""How often a solver may be asked for the least to give way, and for what is in conflict."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The placement when ``at_fault`` (addresses) give way: as few as possible.

    Amounts are asked to give way only where no clause about them would do. Where the search for
    the fewest stopped at its limit they are the fewest found.
    """

    placed: Placement
    at_fault: tuple[str, ...]


def relax(root: Threshold, candidates: Candidates, held: Held) -> Relaxed:
    """Return the least that would have to give way for ``root`` to be met, and a placement."""
    problem = encode(root, candidates, held, is_relaxed=True)
    budget = Budget(DECISIONS, ASKS[0])
    everything: list[Literal] = [(choice, True) for choice in problem.relaxed.values()]
    taken = problem.solve(Budget(), everything)
    if taken is None:
        return Relaxed(dict.fromkeys(problem.by_pool, ()), ())
    with suppress(SearchExhaustedError):
        taken = _cheapest(problem, taken, budget)
    fixed: list[Literal] = [(choice, taken[choice]) for choice in problem.relaxed.values()]
    at_fault = tuple(at for at, choice in problem.relaxed.items() if taken[choice])
    return Relaxed(problem.placement(_fullest(problem, taken, fixed)), at_fault)


def _cheapest(problem: Problem, taken: list[bool], budget: Budget) -> list[bool]:
    """Return a solution in which what gives way costs least."""
    terms = [(choice, problem.costs[at]) for at, choice in problem.relaxed.items()]
    first = problem.solve(budget, least=terms)
    taken = taken if first is None else first
    while cost := sum(price for choice, price in terms if taken[choice]):
        found = problem.solve(budget, (), [at_most(terms, cost - 1)], least=terms)
        if found is None:
            break
        taken = found
    return taken


def _fullest(problem: Problem, taken: list[bool], fixed: list[Literal]) -> list[bool]:
    """Return a solution with the same faults in which as much as possible counts."""
    budget = Budget(DECISIONS, asks=0)
    try:
        for use in problem.uses:
            if not taken[use.choice]:
                found = problem.solve(budget, [*fixed, (use.choice, True)])
                taken = taken if found is None else found
            fixed.append((use.choice, taken[use.choice]))
    except SearchExhaustedError:
        pass
    return taken


@dataclass(frozen=True, slots=True)
class Conflict:
    """Addresses that cannot all be met ``together``; leave one out and the others can be.

    ``is_searched`` says that every placement was tried: no solver had to be asked.
    """

    together: tuple[str, ...]
    is_searched: bool


def conflict(root: Threshold, candidates: Candidates, held: Held) -> Conflict | None:
    """Return a smallest set in conflict; None where it was not found within the limits."""
    problem = encode(root, candidates, held, is_relaxed=True)
    budget = Budget(DECISIONS, ASKS[1])
    active = dict(problem.relaxed)
    dropped: list[Literal] = []
    try:
        for address, choice in sorted(problem.relaxed.items(), key=lambda p: problem.costs[p[0]]):
            rest = [(c, False) for at, c in active.items() if at != address]
            if problem.solve(budget, [*dropped, (choice, True), *rest]) is None:
                dropped.append((choice, True))
                del active[address]
    except SearchExhaustedError:
        return None
    together = tuple(at for at in problem.relaxed if at in active)
    return Conflict(together, is_searched=budget.asks == ASKS[1])
