"""Conditions under which nothing counts twice, or as often as a clause allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from stacking_rules import clauses as kinds
from stacking_rules.facts import Award
from stacking_rules.held import Item
from stacking_rules.problems import AID, CLAUSE_COST, Literal, Problem, Use
from stacking_rules.thresholds import Threshold, nodes_of, pools_of


def nothing_twice(problem: Problem, root: Threshold) -> None:
    """Add "one item counts in one place", or in as many as clauses of ``root`` allow."""
    rules = _Sharing(problem, root)
    places: dict[Item, list[Use]] = defaultdict(list)
    for use in problem.uses:
        places[use.fit.item].append(use)
    for uses in places.values():
        for same in _by_pool(uses).values():
            _at_most(problem, same, 1, [])
        rules.add([use for use in uses if not use.pool.is_overlay])
    rules.finish()
    _no_common_parts(problem)


def _by_pool(uses: Iterable[Use]) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        found[use.pool.address].append(use)
    return found


def _at_most(problem: Problem, uses: Sequence[Use], times: int, void: list[Literal]) -> None:
    if len(uses) > times:
        problem.require([(use.choice, Decimal(-1)) for use in uses], -times, void)


class _Sharing:
    """Which requirements may share an item, and how much."""

    def __init__(self, problem: Problem, root: Threshold) -> None:
        self.problem = problem
        self.once: list[tuple[str, set[str], kinds.Once]] = []
        self.shares: list[tuple[str, set[str], set[str], kinds.Share]] = []
        below = {n.address: {p.address for p in pools_of(n)} for n in nodes_of(root)}
        for node in nodes_of(root):
            for at, clause in node.clauses:
                if isinstance(clause, kinds.Once):
                    self.once.append((at, below[node.address], clause))
                elif isinstance(clause, kinds.Share):
                    first = below.get(clause.first, set())
                    self.shares.append((at, first, below.get(clause.second, set()), clause))
        self.shared: dict[str, list[tuple[int, Use]]] = defaultdict(list)

    def add(self, uses: list[Use]) -> None:
        """Add what binds the places of one item."""
        places = _by_pool(uses)
        if len(places) < 2:
            return
        scope = next((s for s in self.once if places.keys() <= s[1]), None)
        times = scope[2].times if scope else 1
        void = self.problem.switch_off(scope[0], CLAUSE_COST) if scope else []
        if not self.shares:
            _at_most(self.problem, uses, times, void)
            return
        for first, second in combinations(uses, 2):
            if first.pool.address != second.pool.address:
                self._pair(first, second, times, void)
        _at_most(self.problem, uses, max(times, 2), void)

    def _pair(self, first: Use, second: Use, times: int, void: list[Literal]) -> None:
        for at, here, there, _ in self.shares:
            one, two = first.pool.address, second.pool.address
            if (one in here and two in there) or (two in here and one in there):
                both = self.problem.choice(AID, prefer=False)
                self.problem.forbid_together(first.choice, second.choice, [(both, True)])
                self.shared[at].append((both, first))
                return
        if times < 2:
            self.problem.forbid_together(first.choice, second.choice, void)

    def finish(self) -> None:
        """Add the limits on what is shared."""
        for at, first, second, clause in self.shares:
            void = self.problem.switch_off(at, CLAUSE_COST)
            pairs = self.shared[at]
            if clause.items is not None:
                self.problem.require([(b, Decimal(-1)) for b, _ in pairs], -clause.items, void)
            worth = [(b, use.fit.fact.credits) for b, use in pairs]
            if clause.credits is not None:
                self.problem.require([(b, -c) for b, c in worth], -clause.credits, void)
            if clause.unique is not None:
                for pools in (first, second):
                    own = [
                        (u.choice, u.fit.fact.credits)
                        for u in self.problem.uses
                        if u.pool.address in pools
                    ]
                    terms = [*own, *((b, -c) for b, c in worth)]
                    self.problem.require(terms, clause.unique, void)


def _no_common_parts(problem: Problem) -> None:
    """Add "two awards that counted the same fact do not both count": it would count twice."""
    awards = [
        (use, set(use.fit.fact.counted))
        for use in problem.uses
        if isinstance(use.fit.fact, Award) and not use.pool.is_overlay
    ]
    for (one, parts), (two, others) in combinations(awards, 2):
        if one.fit.item != two.fit.item and not parts.isdisjoint(others):
            problem.forbid_together(one.choice, two.choice)


def one_attempt(problem: Problem) -> None:
    """Add "one attempt stands for the item wherever it counts" where there are several."""
    facts: dict[Item, dict[str, list[Use]]] = defaultdict(lambda: defaultdict(list))
    for use in problem.uses:
        facts[use.fit.item][use.fit.fact.id].append(use)
    for attempts in facts.values():
        pools = {use.pool.address for uses in attempts.values() for use in uses}
        if len(attempts) < 2 or len(pools) < 2:
            continue
        stands = []
        for uses in attempts.values():
            choice = problem.choice(AID, prefer=False)
            stands.append(choice)
            for use in uses:
                problem.require([(choice, Decimal(1)), (use.choice, Decimal(-1))], 0)
        problem.require([(choice, Decimal(-1)) for choice in stands], -1)


def no_waste(problem: Problem, root: Threshold) -> None:
    """Add what follows for pools of one unit from all that is held against all that is needed.

    What is held beyond the needs is all that may be wasted: no pool may take more than its need
    and that, and an item larger than that has to count somewhere. These conditions refuse
    nothing that is possible; they let a tight search see early that it cannot succeed.
    """
    claimed = [p for p in pools_of(root) if not p.is_overlay and not problem.voids[p.address]]
    shared = any(
        isinstance(clause, kinds.Share | kinds.Once)
        for node in nodes_of(root)
        for _, clause in node.clauses
    )
    if shared or len(claimed) < 2 or len({pool.unit for pool in claimed}) > 1:
        return
    places: dict[Item, list[Use]] = defaultdict(list)
    for pool in claimed:
        for use in problem.by_pool[pool.address]:
            places[use.fit.item].append(use)
    largest = {item: max(u.fit.amount for u in uses) for item, uses in places.items()}
    needed = sum((pool.need for pool in claimed), Decimal(0))
    spare = sum(largest.values(), Decimal(0)) - needed
    problem.require([], -spare)
    for pool in claimed:
        uses = problem.by_pool[pool.address]
        terms = [(use.choice, -use.fit.amount) for use in uses]
        problem.require(terms, -(pool.need + spare))
    for item, amount in largest.items():
        if amount > spare:
            problem.require([(use.choice, Decimal(1)) for use in places[item]], 1)
