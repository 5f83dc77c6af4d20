"""Where the search stops, a solver from outside is asked; what it proposes is checked here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stacking_rules.search import Budget, Condition, SearchExhaustedError, Solver, holds

HAND_OVER = 2_000
"""Decisions after which a solver is asked, where there is one (a tenth of a second)."""


@dataclass(frozen=True, slots=True)
class Question:
    """Is there a way to take ``size`` choices so that all ``conditions`` hold?

    ``fixed`` choices are given. ``least`` are (choice, price) pairs whose sum should be small:
    a wish, since whoever needs the smallest sum asks for a smaller one until there is none.
    """

    size: int
    conditions: Sequence[Condition]
    fixed: Sequence[tuple[int, bool]] = ()
    least: Sequence[tuple[int, int]] = ()

    def is_answered_by(self, taken: Sequence[bool]) -> bool:
        """Return whether ``taken`` is a solution: whole numbers only, and trusting nobody."""
        return (
            len(taken) == self.size
            and all(taken[choice] is value for choice, value in self.fixed)
            and all(holds(condition, taken) for condition in self.conditions)
        )


Decide = Callable[[Question], list[bool] | None]
"""A solver: gives a solution, None where it has proved that there is none, or raises
``SearchExhaustedError``. ``backends.highs.decide`` is one."""


def solve_or_ask(
    solver: Solver,
    decide: Decide | None,
    budget: Budget,
    *,
    fixed: Sequence[tuple[int, bool]] = (),
    more: Sequence[Condition] = (),
    least: Sequence[tuple[int, int]] = (),
) -> list[bool] | None:
    """Return what ``solver`` finds, or what ``decide`` finds where it stops too soon.

    The search takes at most ``HAND_OVER`` decisions of ``budget`` if there is somebody to ask.
    ``SearchExhaustedError`` where neither decides, or where what is proposed is no solution.
    """
    if decide is None or not budget.asks:
        return solver.solve(fixed=fixed, more=more, budget=budget)
    part = Budget(min(budget.left, HAND_OVER))
    budget.left -= part.left
    try:
        return solver.solve(fixed=fixed, more=more, budget=part)
    except SearchExhaustedError:
        budget.asks -= 1
        return _ask(decide, Question(solver.size, (*solver.conditions, *more), fixed, least))
    finally:
        budget.left += max(part.left, 0)


def _ask(decide: Decide, question: Question) -> list[bool] | None:
    found = decide(question)
    if found is not None and not question.is_answered_by(found):
        raise SearchExhaustedError
    return found
