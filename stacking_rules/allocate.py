"""Which fact counts toward which pool: no item counts twice inside one award.

An item is an achievement or an award that the learner holds; all attempts at it are one item.
Whether pools can be filled together is decided exactly: by augmenting paths where every need
is a number of items (Kuhn 1955; the sets of items that can be placed form a transversal
matroid, so placing them in order of preference is optimal), and by a bounded search where
credits differ. A search that reaches its bound says so; it never says "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, product

from stacking_rules.facts import Award, Completion
from stacking_rules.thresholds import Gate, Pool, Threshold, pools_of

Item = tuple[bool, str]
"""(is an award, achievement key)."""

Fact = Completion | Award
Candidates = Mapping[str, Mapping[Item, Fact]]
"""Pool address -> the items that fit it, each with the fact that would count there."""

SEARCH_LIMIT = 20_000
"""Steps after which a search gives up (some tens of milliseconds)."""


class SearchExhaustedError(Exception):
    """The search reached its limit without an answer (inside this package only)."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The chosen placement: pool address -> items that count there, and whether it is proved."""

    placed: Mapping[str, tuple[Item, ...]]
    is_decided: bool = True


@dataclass(slots=True)
class _Budget:
    left: int = SEARCH_LIMIT

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise SearchExhaustedError


def allocate(root: Threshold, candidates: Candidates) -> Allocation:
    """Place the held items so that ``root`` is met if that is possible at all.

    Where it is not possible, place them so that what is missing can still be filled, as many
    as possible first. Among equals: pools in document order, then the earliest fact, then the
    stable id.
    """
    pools = list(pools_of(root))
    if not _is_contended(pools, candidates):
        return Allocation({pool.address: _trim(pool, candidates[pool.address]) for pool in pools})
    budget = _Budget()
    try:
        chosen = _fill_root(root, candidates, budget)
    except SearchExhaustedError:
        return Allocation(_place_best(root, pools, candidates), is_decided=False)
    if chosen is None:
        return Allocation(_place_best(root, pools, candidates))
    return Allocation(_with_rest(chosen, pools, candidates))


def weight(pool: Pool, fact: Fact) -> Decimal:
    """Return what ``fact`` adds to ``pool``: its credits, or one item."""
    return fact.credits if pool.unit == "credits" else Decimal(1)


def preference(fact: Fact) -> tuple[str, str]:
    """Return the published order of equal facts: the earliest first, then the stable id."""
    earned = fact.awarded_on if isinstance(fact, Award) else fact.completed_on
    return earned.isoformat(), fact.id


def _is_contended(pools: Iterable[Pool], candidates: Candidates) -> bool:
    seen: set[Item] = set()
    for pool in pools:
        here = candidates[pool.address].keys()
        if not seen.isdisjoint(here):
            return True
        seen |= here
    return False


def _trim(pool: Pool, fitting: Mapping[Item, Fact]) -> tuple[Item, ...]:
    """Return the fewest items that reach the need, the earliest among equals; all if short."""
    order = sorted(fitting, key=lambda item: preference(fitting[item]))
    surplus = sum((weight(pool, fitting[item]) for item in order), Decimal(0)) - pool.need
    kept = list(order)
    lightest_and_latest = order[::-1]
    lightest_and_latest.sort(key=lambda item: weight(pool, fitting[item]))
    for item in lightest_and_latest:
        if weight(pool, fitting[item]) <= surplus:
            surplus -= weight(pool, fitting[item])
            kept.remove(item)
    return tuple(kept)


# -- is it possible? ---------------------------------------------------------------------------


def _fill_root(
    root: Threshold, candidates: Candidates, budget: _Budget
) -> dict[str, tuple[Item, ...]] | None:
    for choice in _choices(root):
        budget.spend()
        if all(_is_fillable(pool, candidates) for pool in choice):
            placed = _fill(choice, candidates, budget)
            if placed is not None:
                return placed
    return None


def _choices(threshold: Threshold) -> Iterator[tuple[Pool, ...]]:
    """Yield every smallest set of pools that meets ``threshold``, in document order."""
    if isinstance(threshold, Pool):
        yield (threshold,)
        return
    for parts in combinations(threshold.parts, threshold.need):
        for choice in product(*(_Again(part) for part in parts)):
            yield tuple(pool for pools in choice for pool in pools)


@dataclass(frozen=True, slots=True)
class _Again:
    """The choices of a threshold, as something ``product`` can hold."""

    threshold: Threshold

    def __iter__(self) -> Iterator[tuple[Pool, ...]]:
        return _choices(self.threshold)


def _is_fillable(pool: Pool, candidates: Candidates) -> bool:
    fitting = candidates[pool.address].values()
    return sum((weight(pool, fact) for fact in fitting), Decimal(0)) >= pool.need


def _fill(
    pools: Sequence[Pool], candidates: Candidates, budget: _Budget
) -> dict[str, tuple[Item, ...]] | None:
    if all(pool.unit == "items" for pool in pools):
        placed = _match(pools, candidates, _in_order(pools, candidates))
        if any(len(placed[pool.address]) < pool.need for pool in pools):
            return None
    else:
        found = _Search(pools, candidates, budget).run()
        if found is None:
            return None
        placed = found
    return {
        pool.address: _trim(
            pool, {item: candidates[pool.address][item] for item in placed[pool.address]}
        )
        for pool in pools
    }


def _in_order(pools: Sequence[Pool], candidates: Candidates) -> list[Item]:
    first: dict[Item, tuple[str, str]] = {}
    for pool in pools:
        for item, fact in candidates[pool.address].items():
            rank = preference(fact)
            first[item] = min(first.get(item, rank), rank)
    return sorted(first, key=lambda item: (first[item], item))


def _match(
    pools: Sequence[Pool], candidates: Mapping[str, Iterable[Item]], items: Iterable[Item]
) -> dict[str, list[Item]]:
    """Place ``items`` in order by augmenting paths; an item once placed stays placed."""
    placed: dict[str, list[Item]] = {pool.address: [] for pool in pools}
    fitting = {pool.address: set(candidates[pool.address]) for pool in pools}

    def place(item: Item, tried: set[str]) -> bool:
        for pool in pools:
            address = pool.address
            if item not in fitting[address] or address in tried:
                continue
            tried.add(address)
            here = placed[address]
            if len(here) < pool.need:
                here.append(item)
                return True
            for index, other in enumerate(here):
                if place(other, tried):
                    here[index] = item
                    return True
        return False

    for item in items:
        place(item, set())
    return placed


@dataclass(slots=True)
class _Search:
    """Depth-first search over the contended items, with memory of the states that failed."""

    pools: Sequence[Pool]
    candidates: Candidates
    budget: _Budget
    _failed: set[tuple[int, tuple[Decimal, ...]]] = field(default_factory=set)

    def run(self) -> dict[str, list[Item]] | None:
        """Return a placement that fills every pool, or None when there is none."""
        uses: dict[Item, list[int]] = {}
        for index, pool in enumerate(self.pools):
            for item in self.candidates[pool.address]:
                uses.setdefault(item, []).append(index)
        placed: list[list[Item]] = [[] for _ in self.pools]
        needs = [pool.need for pool in self.pools]
        shared = []
        for item, where in uses.items():
            if len(where) == 1:
                placed[where[0]].append(item)
                needs[where[0]] -= self._weight(where[0], item)
            else:
                shared.append((item, where))
        shared.sort(key=lambda use: (-max(self._weight(i, use[0]) for i in use[1]), use[0]))
        if not self._place(0, shared, needs, placed):
            return None
        return {pool.address: placed[index] for index, pool in enumerate(self.pools)}

    def _weight(self, index: int, item: Item) -> Decimal:
        pool = self.pools[index]
        return weight(pool, self.candidates[pool.address][item])

    def _place(
        self,
        depth: int,
        shared: Sequence[tuple[Item, list[int]]],
        needs: list[Decimal],
        placed: list[list[Item]],
    ) -> bool:
        if all(need <= 0 for need in needs):
            return True
        state = (depth, tuple(max(need, Decimal(0)) for need in needs))
        if state in self._failed or not self._can_reach(shared[depth:], needs):
            return False
        self.budget.spend()
        item, where = shared[depth]
        for index in sorted(where, key=lambda i: -needs[i]):
            if needs[index] <= 0:
                continue
            needs[index] -= self._weight(index, item)
            placed[index].append(item)
            if self._place(depth + 1, shared, needs, placed):
                return True
            placed[index].pop()
            needs[index] += self._weight(index, item)
        if self._place(depth + 1, shared, needs, placed):
            return True
        self._failed.add(state)
        return False

    def _can_reach(self, rest: Sequence[tuple[Item, list[int]]], needs: Sequence[Decimal]) -> bool:
        reach = [Decimal(0)] * len(needs)
        for item, where in rest:
            for index in where:
                reach[index] += self._weight(index, item)
        return all(need <= got for need, got in zip(needs, reach, strict=True))


# -- where it is not possible -------------------------------------------------------------------


def _place_best(
    root: Threshold, pools: Sequence[Pool], candidates: Candidates
) -> dict[str, tuple[Item, ...]]:
    """Place what is held so that the fewest things are missing in some smallest choice.

    Items that are not held yet are placed after the held ones: they may push a held item to
    another pool that only it can fill, never out.
    """
    best = min(_first_choices(root), key=lambda choice: _shortfall(choice, candidates))
    unit = [pool for pool in best if pool.unit == "items"]
    held = {item for fitting in candidates.values() for item in fitting}
    lacking = {pool.address: _lacking(pool, held) for pool in unit}
    wanted = {p.address: [*candidates[p.address], *lacking[p.address]] for p in unit}
    missing = sorted({item for items in lacking.values() for item in items})
    matched = _match(unit, wanted, [*_in_order(unit, candidates), *missing])
    chosen = {
        address: tuple(item for item in items if item in candidates[address])
        for address, items in matched.items()
    }
    return _with_rest(chosen, pools, candidates)


def _first_choices(root: Threshold) -> list[tuple[Pool, ...]]:
    """Return the first 500 choices: enough to show a good way, and never slow."""
    return [choice for choice, _ in zip(_choices(root), range(500), strict=False)]


def _lacking(pool: Pool, held: set[Item]) -> list[Item]:
    items = ((atom.is_award, atom.achievement) for atom in pool.atoms)
    return [item for item in items if item not in held]


def _shortfall(choice: Sequence[Pool], candidates: Candidates) -> Decimal:
    unit = [pool for pool in choice if pool.unit == "items"]
    matched = _match(unit, candidates, _in_order(unit, candidates))
    short = sum((pool.need - len(matched[pool.address]) for pool in unit), Decimal(0))
    for pool in choice:
        if pool.unit == "credits":
            held = sum((f.credits for f in candidates[pool.address].values()), Decimal(0))
            short += max(pool.need - held, Decimal(0))
    return short


def _with_rest(
    chosen: Mapping[str, tuple[Item, ...]], pools: Sequence[Pool], candidates: Candidates
) -> dict[str, tuple[Item, ...]]:
    """Add what is left over to the pools that are not in ``chosen``, in document order."""
    placed = dict(chosen)
    taken = {item for items in chosen.values() for item in items}
    for pool in pools:
        if pool.address not in placed:
            free = {i: f for i, f in candidates[pool.address].items() if i not in taken}
            placed[pool.address] = _trim(pool, free)
            taken.update(placed[pool.address])
    return placed


def is_met(
    threshold: Threshold, placed: Mapping[str, tuple[Item, ...]], candidates: Candidates
) -> bool:
    """Return whether this placement meets ``threshold``: the check that trusts no search."""
    if isinstance(threshold, Gate):
        met = sum(is_met(part, placed, candidates) for part in threshold.parts)
        return met >= threshold.need
    fitting = candidates[threshold.address]
    total = sum((weight(threshold, fitting[i]) for i in placed[threshold.address]), Decimal(0))
    return total >= threshold.need
