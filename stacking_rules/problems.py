"""Choices under linear conditions: what ``encode`` builds and ``search`` decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from stacking_rules.facts import Fact
from stacking_rules.held import Fit, Held
from stacking_rules.search import Budget, Condition, Solver, at_least
from stacking_rules.selection import Test
from stacking_rules.solving import solve_or_ask
from stacking_rules.thresholds import Pool

Term = tuple[int, Decimal]
Literal = tuple[int, bool]
"""(choice, value): a condition is void where the choice has the value."""

SWITCH, KNOB, PLACE, AID = range(4)
"""The order in which choices are decided: parts and days before places, helpers last."""

BASE_COST, CLAUSE_COST = 1_000, 1


@dataclass(frozen=True, slots=True)
class Use:
    """The choice that ``fit`` counts in ``pool``."""

    choice: int
    pool: Pool
    fit: Fit


Placement = dict[str, tuple[Fit, ...]]
"""Pool address -> what counts there."""


@dataclass(slots=True)
class Problem:
    """Choices and conditions; build with ``encode``."""

    held: Held
    is_hopeful: bool = False
    is_relaxed: bool = False
    ranks: list[tuple[int, int]] = field(default_factory=list)
    preferred: list[bool] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    relaxed: dict[str, int] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    by_pool: dict[str, list[Use]] = field(default_factory=dict)
    voids: dict[str, list[Literal]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    solver: Solver | None = None

    def choice(self, kind: int, *, prefer: bool, rank: int = 0) -> int:
        """Add a choice; later ones of a kind are decided later."""
        self.ranks.append((kind, rank))
        self.preferred.append(prefer)
        return len(self.ranks) - 1

    def require(
        self, terms: Iterable[Term], need: Decimal | int, void: Iterable[Literal] = ()
    ) -> None:
        """Add "the terms that are taken add up to ``need``", unless a literal makes it void."""
        amounts = list(terms)
        places = max((_places(a) for _, a in amounts), default=0)
        places = max(places, _places(Decimal(need)))
        whole = [(choice, int(a.scaleb(places))) for choice, a in amounts]
        wanted = int(Decimal(need).scaleb(places))
        gap = wanted - sum(min(0, amount) for _, amount in whole)
        if gap <= 0:
            return
        for choice, value in void:
            whole.append((choice, gap if value else -gap))
            wanted -= 0 if value else gap
        self.conditions.append(at_least(whole, wanted))

    def forbid_together(self, first: int, second: int, void: Iterable[Literal] = ()) -> None:
        """Add "not both"."""
        one = Decimal(-1)
        self.require([(first, one), (second, one)], -1, void)

    def switch_off(self, address: str, cost: int) -> list[Literal]:
        """Return the literal that makes the conditions of ``address`` void, where that is asked."""
        if not self.is_relaxed:
            return []
        if address not in self.relaxed:
            self.relaxed[address] = self.choice(SWITCH, prefer=False, rank=-cost)
            self.costs[address] = cost
        return [(self.relaxed[address], True)]

    def solve(
        self,
        budget: Budget,
        fixed: Iterable[Literal] = (),
        more: Iterable[Condition] = (),
        *,
        least: Iterable[tuple[int, int]] = (),
    ) -> list[bool] | None:
        """Return the choices of a solution, None if there is none (see ``solve_or_ask``).

        ``least`` are (choice, price) pairs whose sum should be small: a solver may heed it.
        """
        solver = self._ready()
        place = self.places
        found = solve_or_ask(
            solver,
            self.held.solver,
            budget,
            fixed=[(place[choice], value) for choice, value in fixed],
            more=self._placed(more),
            least=[(place[choice], price) for choice, price in least],
        )
        return None if found is None else [found[index] for index in place]

    def _placed(self, conditions: Iterable[Condition]) -> list[Condition]:
        """Return ``conditions`` with the choices as the solver numbers them."""
        place = self.places
        return [
            Condition(tuple((place[choice], amount) for choice, amount in c.terms), c.need)
            for c in conditions
        ]

    def _ready(self) -> Solver:
        """Return the solver of all conditions: nothing may be added to the problem after this."""
        if self.solver is None:
            order = sorted(range(len(self.ranks)), key=lambda choice: (self.ranks[choice], choice))
            self.places = place = [0] * len(order)
            for index, choice in enumerate(order):
                place[choice] = index
            prefer = [self.preferred[choice] for choice in order]
            self.solver = Solver(len(order), self._placed(self.conditions), prefer)
        return self.solver

    def placement(self, taken: Sequence[bool]) -> Placement:
        """Return what counts where in a solution."""
        return {
            address: tuple(use.fit for use in uses if taken[use.choice])
            for address, uses in self.by_pool.items()
        }


def is_member(problem: Problem, test: Test | None, fact: Fact, *, is_limit: bool) -> bool:
    """Return whether ``fact`` is in a selection; what is not known is taken at its worst.

    For a limit it is worst to be in, for a minimum to be out; hope turns that round.
    """
    answer = problem.held.passes(test, fact)
    return answer if answer is not None else is_limit is not problem.is_hopeful


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(0, -int(exponent))
