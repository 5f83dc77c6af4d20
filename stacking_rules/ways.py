"""The smallest sets of options that meet a rule: how many there are, and what they add up to.

Where parts share no options their sets combine freely and are counted by arithmetic; where they
compete, or clauses bind them, the sets are found one by one by exact search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from math import comb

from stacking_rules.encode import encode
from stacking_rules.held import Candidates, Held, Item
from stacking_rules.problems import AID, Problem
from stacking_rules.search import Budget, Condition, at_most
from stacking_rules.thresholds import Gate, Pool, Threshold, pools_of

MOST_WAYS = 100
"""Sets that are found one by one; beyond that it is said that there are more."""
MOST_SUMS = 20_000
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ways:
    """``count`` smallest sets (or more, if ``is_more``) of at least ``items`` items.

    ``least`` and ``most`` are the credits of the smallest and of the largest of them; None where
    credits are not known, or (``most``) where not all sets were found.
    """

    count: int
    items: int = 0
    least: Decimal | None = ZERO
    most: Decimal | None = ZERO
    is_more: bool = False


NOTHING_NEEDED = Ways(1)
NO_WAY = Ways(0)


class Counter:
    """Counts the smallest sets for a closed threshold; ``worth`` are the credits of the items."""

    def __init__(
        self,
        candidates: Candidates,
        held: Held,
        worth: Mapping[Item, Decimal | None],
        *,
        is_shared: bool,
    ) -> None:
        self.candidates, self.held, self.worth, self.is_shared = candidates, held, worth, is_shared

    def ways(self, node: Threshold, budget: Budget) -> Ways:
        """Return the smallest sets for ``node``; ``SearchExhaustedError`` at the budget's end."""
        if isinstance(node, Pool):
            if node.clauses:
                return self._searched(node, budget)
            return self._of_pool(node) or self._searched(node, budget)
        if not isinstance(node, Gate):
            raise TypeError(f"{node.address} has to be settled before its ways are counted")
        if node.clauses or self.is_shared or self._compete(node.parts):
            return self._searched(node, budget)
        return _chosen([self.ways(part, budget) for part in node.parts], node.need)

    def fewest(self, node: Threshold) -> int:
        """Return a number of items that ``node`` needs at the least: not always enough."""
        if isinstance(node, Pool):
            if node.is_overlay or node.need <= 0:
                return 0
            amounts = sorted((f.amount for f in self.candidates[node.address]), reverse=True)
            sums = enumerate(accumulate(amounts), 1)
            return next((count for count, total in sums if total >= node.need), len(amounts))
        if not isinstance(node, Gate):
            return 0
        parts = sorted(self.fewest(part) for part in node.parts)[: node.need]
        return max(parts, default=0) if self.is_shared else sum(parts)

    def items_of(self, node: Threshold) -> set[Item]:
        """Return the items that could count below ``node``."""
        return {fit.item for pool in pools_of(node) for fit in self.candidates[pool.address]}

    def _compete(self, parts: Iterable[Threshold]) -> bool:
        seen: set[Item] = set()
        for part in parts:
            here = self.items_of(part)
            if not seen.isdisjoint(here):
                return True
            seen |= here
        return False

    # -- by arithmetic -------------------------------------------------------------------------

    def _of_pool(self, pool: Pool) -> Ways | None:
        amounts = {fit.item: fit.amount for fit in self.candidates[pool.address]}
        if pool.need <= 0:
            return NOTHING_NEEDED
        if pool.unit == "items":
            return self._of_items(list(amounts), int(pool.need))
        return _of_sums(sorted(amounts.values(), reverse=True), pool.need)

    def _of_items(self, items: Sequence[Item], need: int) -> Ways:
        if need > len(items):
            return NO_WAY
        known = sorted(w for item in items if (w := self.worth[item]) is not None)
        if len(known) < len(items):
            return Ways(comb(len(items), need), need, None, None)
        least, most = sum(known[:need], ZERO), sum(known[-need:], ZERO)
        return Ways(comb(len(items), need), need, least, most)

    # -- by search -------------------------------------------------------------------------------

    def _searched(self, node: Threshold, budget: Budget) -> Ways:
        problem = encode(node, self.candidates, self.held, is_hopeful=True)
        taken = {item: problem.choice(AID, prefer=False) for item in sorted(self.items_of(node))}
        for use in problem.uses:
            problem.require([(taken[use.fit.item], Decimal(1)), (use.choice, Decimal(-1))], 0)
        found: list[frozenset[Item]] = []
        shut: list[Condition] = []
        while (way := _smallest(problem, taken, shut, budget)) is not None:
            if len(found) == MOST_WAYS:
                fewest = min(map(len, found))
                if fewest > self.fewest(node):
                    fewest = _fewest(problem, taken, fewest, budget)
                return Ways(MOST_WAYS, fewest, None, None, is_more=True)
            found.append(way)
            shut.append(at_most([(taken[item], 1) for item in way], len(way) - 1))
        return self._summed(found)

    def _summed(self, found: Sequence[frozenset[Item]]) -> Ways:
        if not found:
            return NO_WAY
        fewest = min(map(len, found))
        totals = []
        for way in found:
            known = [w for item in way if (w := self.worth[item]) is not None]
            if len(known) < len(way):
                return Ways(len(found), fewest, None, None)
            totals.append(sum(known, ZERO))
        return Ways(len(found), fewest, min(totals), max(totals))


def _smallest(
    problem: Problem, taken: Mapping[Item, int], shut: Sequence[Condition], budget: Budget
) -> frozenset[Item] | None:
    """Return a set of items that none can be left out of, other than those ``shut`` out."""
    solution = problem.solve(budget, more=shut)
    if solution is None:
        return None
    kept = {item for item, choice in taken.items() if solution[choice]}
    for item in sorted(kept):
        fixed = [(choice, False) for other, choice in taken.items() if other not in kept - {item}]
        if problem.solve(budget, fixed) is not None:
            kept.remove(item)
    return frozenset(kept)


def _fewest(problem: Problem, taken: Mapping[Item, int], known: int, budget: Budget) -> int:
    """Return the smallest number of items; ``known`` is one that is enough."""
    while True:
        fewer = at_most([(choice, 1) for choice in taken.values()], known - 1)
        solution = problem.solve(budget, more=[fewer])
        if solution is None:
            return known
        known = sum(solution[choice] for choice in taken.values())


def _of_sums(amounts: Sequence[Decimal], need: Decimal) -> Ways | None:
    """Return the smallest sets of ``amounts`` (the largest first) that reach ``need``.

    A set is smallest if it fails without its last, least amount: so for every amount as the last
    one, the sets of those before it are counted that lack something, and no more than it.
    """
    before: dict[Decimal, tuple[int, int]] = {ZERO: (1, 0)}  # sum -> (sets, fewest items)
    reached: dict[Decimal, tuple[int, int]] = {}
    for amount in amounts:
        for total, (count, items) in before.items():
            if need - amount <= total < need:
                _add(reached, total + amount, count, items + 1)
        for total, (count, items) in list(before.items()):
            if total + amount < need:
                _add(before, total + amount, count, items + 1)
        if len(before) > MOST_SUMS:
            return None
    if not reached:
        return NO_WAY
    count = sum(sets for sets, _ in reached.values())
    return Ways(count, min(items for _, items in reached.values()), min(reached), max(reached))


def _add(sums: dict[Decimal, tuple[int, int]], total: Decimal, count: int, items: int) -> None:
    known, fewest = sums.get(total, (0, items))
    sums[total] = (known + count, min(fewest, items))


def _chosen(parts: Sequence[Ways], need: int) -> Ways:
    """Return the ways to meet ``need`` of ``parts`` that share no item."""
    free = sum(part == NOTHING_NEEDED for part in parts)
    open_parts = [part for part in parts if part.count and part != NOTHING_NEEDED]
    wanted = max(0, need - free)
    # by[k]: the ways to meet just k of the parts looked at so far.
    by: list[Ways] = [NOTHING_NEEDED, *[NO_WAY] * wanted]
    for part in open_parts:
        for k in range(wanted, 0, -1):
            by[k] = _either(by[k], _both(by[k - 1], part))
    return by[wanted]


def _both(one: Ways, other: Ways) -> Ways:
    return Ways(
        one.count * other.count,
        one.items + other.items,
        _known(_sum, one.least, other.least),
        _known(_sum, one.most, other.most),
        one.is_more or other.is_more,
    )


def _either(one: Ways, other: Ways) -> Ways:
    if not one.count or not other.count:
        return other if other.count else one
    return Ways(
        one.count + other.count,
        min(one.items, other.items),
        _known(min, one.least, other.least),
        _known(max, one.most, other.most),
        one.is_more or other.is_more,
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _known(
    join: Callable[[tuple[Decimal, Decimal]], Decimal], one: Decimal | None, other: Decimal | None
) -> Decimal | None:
    return None if one is None or other is None else join((one, other))
