"""Which fact counts toward which pool: no item counts twice inside one award.

An item is an achievement or an award that the learner holds; all attempts at it are one item.
Whether pools can be filled together is decided exactly: by augmenting paths where every need
is a number of items (Kuhn 1955; the sets of items that can be placed form a transversal
matroid, so placing them in order of preference is optimal), and by a bounded search where
credits differ. A search that reaches its bound says so; it never says "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, product

from stacking_rules.facts import Award, Completion
from stacking_rules.search import (
    Budget,
    Condition,
    SearchExhaustedError,
    at_least,
    at_most,
    solve,
)
from stacking_rules.thresholds import Gate, Given, Pool, Threshold, pools_of

Item = tuple[bool, str]
"""(is an award, achievement key)."""

Fact = Completion | Award
Candidates = Mapping[str, Mapping[Item, Fact]]
"""Pool address -> the items that fit it, each with the fact that would count there."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The chosen placement: pool address -> items that count there, and whether it is proved."""

    placed: Mapping[str, tuple[Item, ...]]
    is_decided: bool = True


def allocate(root: Threshold, candidates: Candidates) -> Allocation:
    """Place the held items so that ``root`` is met if that is possible at all.

    Where it is not possible, place them so that what is missing can still be filled, as many
    as possible first. Among equals: pools in document order, then the earliest fact, then the
    stable id.
    """
    pools = list(pools_of(root))
    if not _is_contended(pools, candidates):
        return Allocation({pool.address: _trim(pool, candidates[pool.address]) for pool in pools})
    budget = Budget()
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


def total(pool: Pool, facts: Iterable[Fact]) -> Decimal:
    """Return what ``facts`` add to ``pool`` together."""
    return sum((weight(pool, fact) for fact in facts), Decimal(0))


def preference(fact: Fact) -> tuple[date, str]:
    """Return the published order of equal facts: the earliest first, then the stable id."""
    earned = fact.awarded_on if isinstance(fact, Award) else fact.completed_on
    return earned, fact.id


def _is_contended(pools: Iterable[Pool], candidates: Candidates) -> bool:
    seen: set[Item] = set()
    for pool in pools:
        if pool.is_overlay:
            continue
        here = candidates[pool.address].keys()
        if not seen.isdisjoint(here):
            return True
        seen |= here
    return False


def _trim(pool: Pool, fitting: Mapping[Item, Fact]) -> tuple[Item, ...]:
    """Return the fewest items that reach the need, the earliest among equals; all if short."""
    order = sorted(fitting, key=lambda item: preference(fitting[item]))
    surplus = total(pool, fitting.values()) - pool.need
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
    root: Threshold, candidates: Candidates, budget: Budget
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
    threshold = _gate(threshold)
    for parts in combinations(threshold.parts, threshold.need):
        for choice in product(*(_Again(part) for part in parts)):
            yield tuple(pool for pools in choice for pool in pools)


def _gate(threshold: Gate | Given) -> Gate:
    if isinstance(threshold, Given):
        raise TypeError(f"{threshold.address} has to be settled before it is allocated")
    return threshold


@dataclass(frozen=True, slots=True)
class _Again:
    """The choices of a threshold, as something ``product`` can hold."""

    threshold: Threshold

    def __iter__(self) -> Iterator[tuple[Pool, ...]]:
        return _choices(self.threshold)


def _is_fillable(pool: Pool, candidates: Candidates) -> bool:
    return total(pool, candidates[pool.address].values()) >= pool.need


def _fill(
    pools: Sequence[Pool], candidates: Candidates, budget: Budget
) -> dict[str, tuple[Item, ...]] | None:
    overlays = [pool for pool in pools if pool.is_overlay]
    if overlays:
        rest = _fill([pool for pool in pools if not pool.is_overlay], candidates, budget)
        looked_at = {p.address: _trim(p, candidates[p.address]) for p in overlays}
        return None if rest is None else rest | looked_at
    if all(pool.unit == "items" for pool in pools):
        placed = _match(pools, candidates, _in_order(pools, candidates))
        if any(len(placed[pool.address]) < pool.need for pool in pools):
            return None
    else:
        found = _search(pools, candidates, budget)
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
    first: dict[Item, tuple[date, str]] = {}
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
    needs = {pool.address: int(pool.need) for pool in pools}

    def place(item: Item, tried: set[str]) -> bool:
        for pool in pools:
            address = pool.address
            if item not in fitting[address] or address in tried:
                continue
            tried.add(address)
            here = placed[address]
            if len(here) < needs[address]:
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


def _search(
    pools: Sequence[Pool], candidates: Candidates, budget: Budget
) -> dict[str, list[Item]] | None:
    """Return a placement that fills every pool, or None when there is none."""
    scale = _scale(pools, candidates)
    weights = {
        (item, index): int(weight(pool, fact) * scale)
        for index, pool in enumerate(pools)
        for item, fact in candidates[pool.address].items()
    }
    order = sorted(weights, key=lambda use: (-weights[use], use))
    choices = {use: choice for choice, use in enumerate(order)}
    needs = [int(pool.need * scale) for pool in pools]
    conditions = [*_each_once(choices), *_fills(needs, weights, choices)]
    conditions += _no_waste([p.unit for p in pools], needs, weights, choices)
    taken = solve(len(order), conditions, budget=budget)
    if taken is None:
        return None
    return {
        pool.address: [item for item, i in order if i == index and taken[choices[item, i]]]
        for index, pool in enumerate(pools)
    }


_Use = tuple[Item, int]
"""(item, index of the pool in which it would count)."""


def _scale(pools: Sequence[Pool], candidates: Candidates) -> Decimal:
    """Return the power of ten that turns every need and weight into a whole number."""
    amounts = [pool.need for pool in pools]
    amounts += [weight(p, fact) for p in pools for fact in candidates[p.address].values()]
    places = [-int(amount.as_tuple().exponent) for amount in amounts]
    return Decimal(10) ** max(0, *places)


def _each_once(choices: Mapping[_Use, int]) -> Iterator[Condition]:
    uses: dict[Item, list[int]] = {}
    for (item, _), choice in choices.items():
        uses.setdefault(item, []).append(choice)
    for places in uses.values():
        if len(places) > 1:
            yield at_most([(choice, 1) for choice in places], 1)


def _fills(
    needs: Sequence[int], weights: Mapping[_Use, int], choices: Mapping[_Use, int]
) -> Iterator[Condition]:
    for index, need in enumerate(needs):
        terms = [(choices[use], amount) for use, amount in weights.items() if use[1] == index]
        yield at_least(terms, need)


def _no_waste(
    units: Sequence[str],
    needs: Sequence[int],
    weights: Mapping[_Use, int],
    choices: Mapping[_Use, int],
) -> Iterator[Condition]:
    """Yield what follows for pools of one unit from all that is held against all that is needed.

    What is held beyond the needs is all that may be wasted: no pool may take more than its need
    and that, and an item larger than that has to count somewhere. These conditions refuse
    nothing that is possible; they let a tight search see early that it cannot succeed.
    """
    if len(set(units)) > 1:
        return
    largest: dict[Item, int] = {}
    for (item, _), amount in weights.items():
        largest[item] = max(amount, largest.get(item, 0))
    spare = sum(largest.values()) - sum(needs)
    yield at_least([], -spare)
    for index, need in enumerate(needs):
        terms = [(choices[use], amount) for use, amount in weights.items() if use[1] == index]
        yield at_most(terms, need + spare)
    for item, amount in largest.items():
        if amount > spare:
            places = [choice for use, choice in choices.items() if use[0] == item]
            yield at_least([(choice, 1) for choice in places], 1)


# -- where it is not possible -------------------------------------------------------------------


def _place_best(
    root: Threshold, pools: Sequence[Pool], candidates: Candidates
) -> dict[str, tuple[Item, ...]]:
    """Place what is held so that the fewest things are missing in some smallest choice.

    Items that are not held yet are placed after the held ones: they may push a held item to
    another pool that only it can fill, never out.
    """
    nothing: tuple[Pool, ...] = ()
    ways = _first_choices(root)
    best = min(ways, key=lambda choice: _shortfall(choice, candidates), default=nothing)
    unit = [pool for pool in best if pool.unit == "items" and not pool.is_overlay]
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
    named = ((a.is_award, a.achievement) for a in pool.atoms if a.achievement is not None)
    return [item for item in named if item not in held]


def _shortfall(choice: Sequence[Pool], candidates: Candidates) -> Decimal:
    unit = [pool for pool in choice if pool.unit == "items" and not pool.is_overlay]
    matched = _match(unit, candidates, _in_order(unit, candidates))
    short = sum((pool.need - len(matched[pool.address]) for pool in unit), Decimal(0))
    for pool in choice:
        if pool not in unit:
            held = total(pool, candidates[pool.address].values())
            short += max(pool.need - held, Decimal(0))
    return short


def _with_rest(
    chosen: Mapping[str, tuple[Item, ...]], pools: Sequence[Pool], candidates: Candidates
) -> dict[str, tuple[Item, ...]]:
    """Add what is left over to the pools that are not in ``chosen``, in document order."""
    placed = dict(chosen)
    overlays = {pool.address for pool in pools if pool.is_overlay}
    taken = {i for address, items in chosen.items() if address not in overlays for i in items}
    for pool in pools:
        if pool.address not in placed:
            spare = () if pool.is_overlay else taken
            free = {i: f for i, f in candidates[pool.address].items() if i not in spare}
            placed[pool.address] = _trim(pool, free)
            taken.update(() if pool.is_overlay else placed[pool.address])
    return placed


def is_met(
    threshold: Threshold, placed: Mapping[str, tuple[Item, ...]], candidates: Candidates
) -> bool:
    """Return whether this placement meets ``threshold``: the check that trusts no search."""
    if not isinstance(threshold, Pool):
        gate = _gate(threshold)
        return sum(is_met(part, placed, candidates) for part in gate.parts) >= gate.need
    fitting = candidates[threshold.address]
    return total(threshold, (fitting[i] for i in placed[threshold.address])) >= threshold.need
