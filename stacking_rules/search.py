"""Exact search: yes-or-no choices bound by linear conditions in whole numbers.

Every question of allocation comes down to this form (a pseudo-Boolean problem): each choice is
"this fact counts there", each condition "these amounts, added, reach at least so much". The
search assigns one choice after the other, draws what follows from it at once, and goes back
where a condition can no longer hold; choices of the conditions that have failed most often come
first, which keeps it at the knot of a tight problem. It answers yes with a solution, no after
having tried everything, or stops at its limit and says so; it never guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FREE = -1
STEPS = 5_000
"""Decisions after which a search stops (a quarter of a second on tight instances of 20 items)."""


class SearchExhaustedError(Exception):
    """The search reached its limit without an answer (inside this package only)."""


@dataclass(slots=True)
class Budget:
    """The decisions that the searches for one answer may take together.

    ``asks`` is how often a solver may be asked where they stop (``solving``).
    """

    left: int = STEPS
    asks: int = 1

    def spend(self) -> None:
        """Take one decision; ``SearchExhaustedError`` when none is left."""
        self.left -= 1
        if self.left < 0:
            raise SearchExhaustedError


@dataclass(frozen=True, slots=True)
class Condition:
    """The coefficients of the choices that are taken add up to at least ``need``.

    ``terms`` are (choice, coefficient) pairs; a choice stands there once, with a coefficient
    other than zero. "At most" is the same with all signs turned.
    """

    terms: tuple[tuple[int, int], ...]
    need: int


def at_least(terms: Iterable[tuple[int, int]], need: int) -> Condition:
    """Return the condition that ``terms`` add up to ``need`` or more; equal choices are added."""
    total: dict[int, int] = {}
    for choice, amount in terms:
        total[choice] = total.get(choice, 0) + amount
    return Condition(tuple((c, a) for c, a in total.items() if a), need)


def at_most(terms: Iterable[tuple[int, int]], limit: int) -> Condition:
    """Return the condition that ``terms`` add up to ``limit`` or less."""
    return at_least(((choice, -amount) for choice, amount in terms), -limit)


def holds(condition: Condition, taken: Sequence[bool]) -> bool:
    """Return whether ``condition`` holds: the check that trusts no search."""
    return sum(amount for choice, amount in condition.terms if taken[choice]) >= condition.need


def solve(
    size: int,
    conditions: Sequence[Condition],
    *,
    fixed: Iterable[tuple[int, bool]] = (),
    prefer: Sequence[bool] | None = None,
    budget: Budget | None = None,
) -> list[bool] | None:
    """Return choices under which all ``conditions`` hold, or None when there are none.

    ``size`` choices are numbered from 0; earlier ones are decided first as long as nothing fails,
    each to its value in ``prefer`` (yes without it). ``fixed`` are given. The same arguments give
    the same answer.
    ``SearchExhaustedError`` when ``budget`` is spent.
    """
    solver = Solver(size, conditions, prefer)
    return solver.solve(fixed=fixed, budget=budget)


class Solver:
    """Conditions made ready once, to be solved under several further ones.

    What failed under one of them is remembered for the next.
    """

    def __init__(
        self, size: int, conditions: Sequence[Condition], prefer: Sequence[bool] | None = None
    ) -> None:
        self.size, self.conditions, self.prefer = size, conditions, prefer
        self.failures = [0] * size
        self.terms = [sorted(c.terms, key=lambda term: -abs(term[1])) for c in conditions]
        self.slack = [
            sum(amount for _, amount in c.terms if amount > 0) - c.need for c in conditions
        ]
        self.uses: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        for index, condition in enumerate(conditions):
            for choice, amount in condition.terms:
                self.uses[choice].append((index, amount))

    def solve(
        self,
        *,
        fixed: Iterable[tuple[int, bool]] = (),
        more: Sequence[Condition] = (),
        budget: Budget | None = None,
    ) -> list[bool] | None:
        """Return a solution under which ``more`` conditions hold as well (see ``solve``)."""
        budget = budget or Budget()
        state = _State(self, more)
        if not state.start(fixed):
            return None
        decided: list[tuple[int, int]] = []
        while (choice := state.next_choice()) is not None:
            budget.spend()
            wanted = 1 if self.prefer is None or self.prefer[choice] else 0
            decided.append((choice, len(state.trail)))
            if not state.assign(choice, wanted) and not _go_back(state, decided):
                return None
        return [value == 1 for value in state.values]


def _go_back(state: _State, decided: list[tuple[int, int]]) -> bool:
    """Turn the latest decision that can be turned; return False if none can."""
    while decided:
        choice, mark = decided.pop()
        refused = state.values[choice]
        state.undo(mark)
        # What failed is no decision any more: its opposite follows from those before.
        if state.assign(choice, 1 - refused):
            return True
    return False


class _State:
    """What is decided, and how far each condition is from being out of reach."""

    def __init__(self, solver: Solver, more: Sequence[Condition]) -> None:
        self.values = [FREE] * solver.size
        self.trail: list[int] = []
        self.failures = solver.failures
        self.terms, self.slack, self.uses = solver.terms, list(solver.slack), solver.uses
        if more:
            extra = Solver(solver.size, more)
            first = len(self.terms)
            self.terms = [*self.terms, *extra.terms]
            self.slack += extra.slack
            self.uses = [
                [*ours, *((first + index, amount) for index, amount in theirs)] if theirs else ours
                for ours, theirs in zip(solver.uses, extra.uses, strict=True)
            ]
        self.largest = [abs(terms[0][1]) if terms else 0 for terms in self.terms]

    def start(self, fixed: Iterable[tuple[int, bool]]) -> bool:
        """Draw what follows from the conditions and ``fixed`` alone; False for a contradiction."""
        if any(slack < 0 for slack in self.slack):
            return False
        waiting = [index for index, s in enumerate(self.slack) if s < self.largest[index]]
        forced = [pair for index in waiting for pair in self._forced(index)]
        return all(
            self.assign(choice, int(value))
            for choice, value in [*((c, int(v)) for c, v in fixed), *forced]
        )

    def next_choice(self) -> int | None:
        """Return the open choice that stands in most failures, the first of equals."""
        if FREE not in self.values:
            return None
        if not any(self.failures):
            return self.values.index(FREE)
        undecided = [choice for choice, value in enumerate(self.values) if value == FREE]
        return max(undecided, key=self.failures.__getitem__)

    def _note_failure(self, index: int) -> None:
        """Count a failure of condition ``index`` for each of its choices."""
        for choice, _ in self.terms[index]:
            self.failures[choice] += 1

    def assign(self, choice: int, value: int) -> bool:
        """Decide ``choice`` and all that follows; False when a condition cannot hold then."""
        queue = [(choice, value)]
        for choice, value in queue:
            if self.values[choice] != FREE:
                if self.values[choice] != value:
                    return False
                continue
            self.values[choice] = value
            self.trail.append(choice)
            if not self._lower(choice, value, queue):
                return False
        return True

    def _lower(self, choice: int, value: int, queue: list[tuple[int, int]]) -> bool:
        """Note what the decision costs each condition; False when one is out of reach.

        Every condition is lowered before that is said, so that ``undo`` can raise them all.
        """
        within_reach = True
        for index, amount in self.uses[choice]:
            if (amount > 0) == (value == 1):
                continue
            self.slack[index] -= abs(amount)
            if self.slack[index] < 0:
                if within_reach:
                    self._note_failure(index)
                within_reach = False
            elif self.slack[index] < self.largest[index]:
                queue.extend(self._forced(index))
        return within_reach

    def _forced(self, index: int) -> list[tuple[int, int]]:
        """Return the open choices without which the condition is out of reach."""
        found = []
        for choice, amount in self.terms[index]:
            if abs(amount) <= self.slack[index]:
                break
            if self.values[choice] == FREE:
                found.append((choice, 1 if amount > 0 else 0))
        return found

    def undo(self, mark: int) -> None:
        """Take back every decision after the first ``mark`` ones."""
        while len(self.trail) > mark:
            choice = self.trail.pop()
            value = self.values[choice]
            self.values[choice] = FREE
            for index, amount in self.uses[choice]:
                if (amount > 0) != (value == 1):
                    self.slack[index] += abs(amount)
