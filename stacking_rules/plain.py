"""Allocation where thresholds alone decide: no clause binds what counts, no search is needed.

Where every need is a number of items, paths that move items from pool to pool decide it
(``matching``); where no item fits two pools there is nothing to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from math import ceil

from stacking_rules.held import ZERO, Candidates, Fit, Item, Rank, rank
from stacking_rules.matching import match, settle_ties
from stacking_rules.problems import Placement
from stacking_rules.thresholds import Gate, Pool, Threshold, pools_of

Fitting = Mapping[str, Mapping[Item, Fit]]
"""Pool address -> item -> the fit that would count there (one attempt stands for the item)."""


def one_fit(root: Threshold, candidates: Candidates) -> dict[str, dict[Item, Fit]] | None:
    """Return for each pool and item the attempt that adds most; of equals the preferred one.

    One attempt stands for its item wherever it counts: None where an item that is looked at, too
    (in an overlay), has no attempt that serves everywhere as well as any.
    """
    found = {address: _best_fits(fits) for address, fits in candidates.items()}
    if len(set().union(*found.values())) == sum(map(len, found.values())):
        return found
    overlays = {pool.address for pool in pools_of(root) if pool.is_overlay}
    for item, places in _by_item(found):
        if len({fit.fact.id for fit in places.values()}) > 1 and overlays & places.keys():
            standing = _standing(item, places, candidates)
            if standing is None:
                return None
            for address, fit in standing.items():
                found[address][item] = fit
    return found


def _by_item(fitting: Fitting) -> Iterator[tuple[Item, dict[str, Fit]]]:
    """Yield the items that fit several pools, each with its fit by the pool's address."""
    found: dict[Item, dict[str, Fit]] = {}
    for address, here in fitting.items():
        for item, fit in here.items():
            found.setdefault(item, {})[address] = fit
    yield from ((item, places) for item, places in found.items() if len(places) > 1)


def _best_fits(fits: Iterable[Fit]) -> dict[Item, Fit]:
    found: dict[Item, Fit] = {}
    for fit in fits:
        if fit.is_sure and not fit.barriers:
            known = found.get(fit.item)
            if known is None or _is_better(fit, known):
                found[fit.item] = fit
    return found


def _standing(
    item: Item, places: Mapping[str, Fit], candidates: Candidates
) -> dict[str, Fit] | None:
    """Return the attempt at ``item`` that adds as much as the best one at each of ``places``."""
    serving: list[dict[str, Fit]] = []
    for address, best in places.items():
        fits = [fit for fit in candidates[address] if fit.is_sure and not fit.barriers]
        as_good = [fit for fit in fits if fit.item == item and fit.amount == best.amount]
        serving.append({fit.fact.id: fit for fit in as_good})
    everywhere = set.intersection(*(set(fits) for fits in serving))
    if not everywhere:
        return None
    chosen = min(everywhere, key=lambda key: rank(serving[0][key].fact))
    return {address: fits[chosen] for address, fits in zip(places, serving, strict=True)}


def _is_better(fit: Fit, known: Fit) -> bool:
    if fit.amount != known.amount:
        return fit.amount > known.amount
    return rank(fit.fact) < rank(known.fact)


def total(fits: Iterable[Fit]) -> Decimal:
    """Return what ``fits`` add together."""
    return sum([fit.amount for fit in fits], ZERO)


def is_met(threshold: Threshold, placed: Placement) -> bool:
    """Return whether this placement meets the thresholds, clauses apart."""
    if isinstance(threshold, Pool):
        return total(placed[threshold.address]) >= threshold.need
    gate = _gate(threshold)
    return sum(is_met(part, placed) for part in gate.parts) >= gate.need


def decide_plain(root: Threshold, fitting: Fitting) -> Placement | None:
    """Return a placement, no ties decided, that meets ``root`` if any does.

    None where a search is needed to say so.
    """
    pools = pools_of(root)
    everything: Placement = {pool.address: tuple(fitting[pool.address].values()) for pool in pools}
    if not is_contended(root, fitting):
        return everything
    claimed = _all_claimed(root)
    users = [pool for pool in claimed or () if not pool.is_overlay]
    if claimed is None or any(pool.unit != "items" for pool in users):
        return None
    needs, fits = _to_match(users, fitting)
    # More is needed than there is: no placement will do, whatever it is.
    places = {} if sum(needs.values()) > len(fits) else match(needs, fits, fits)
    return {**everything, **_placed(users, places, fitting)}


def in_published_order(root: Threshold, fitting: Fitting) -> Placement:
    """Return the placement that is preferred, where ``decide_plain`` has found one that will do.

    The fewest items; flexible ones stay free; what is valid longest, the earliest, the id.
    """
    users = [pool for pool in pools_of(root) if not pool.is_overlay]
    needs, fits = _to_match(users, fitting)
    places = settle_ties(needs, fits, match(needs, fits, _preferred(users, fitting)))
    return {**place_free(root, fitting), **_placed(users, places, fitting)}


def place_free(root: Threshold, fitting: Fitting) -> Placement:
    """Return the placement that is preferred where no item fits two pools that use it up."""
    pools = pools_of(root)
    return {pool.address: fewest(pool, fitting[pool.address].values()) for pool in pools}


def fewest(pool: Pool, fits: Iterable[Fit]) -> tuple[Fit, ...]:
    """Return the fewest items that reach the need, of equally few the preferred; all if short."""
    order = [*fits]
    if len(order) > 1:
        order.sort(key=lambda fit: rank(fit.fact))
    if total(order) <= pool.need:
        return tuple(order)
    heaviest = sorted((fit.amount for fit in order), reverse=True)
    reached, left = ZERO, 0
    while reached < pool.need:
        reached, left = reached + heaviest[left], left + 1
    kept: list[Fit] = []
    need = pool.need
    for fit in order:
        heaviest.remove(fit.amount)
        if left and fit.amount + sum(heaviest[: left - 1], ZERO) >= need:
            kept.append(fit)
            need, left = need - fit.amount, left - 1
    return tuple(kept)


def is_contended(root: Threshold, fitting: Fitting) -> bool:
    """Return whether an item fits two pools that both use it up."""
    seen: set[Item] = set()
    for pool in pools_of(root):
        if pool.is_overlay:
            continue
        here = fitting[pool.address].keys()
        if not seen.isdisjoint(here):
            return True
        seen |= here
    return False


def _all_claimed(root: Threshold) -> tuple[Pool, ...] | None:
    """Return the pools that all have to be met; None where there is a choice between parts."""
    gates = [node for node in (root, *_gate(root).nodes) if isinstance(node, Gate)]
    return pools_of(root) if all(gate.need == len(gate.parts) for gate in gates) else None


def _gate(threshold: Threshold) -> Gate:
    if not isinstance(threshold, Gate):
        raise TypeError(f"{threshold.address} has to be settled before it is allocated")
    return threshold


def _to_match(
    pools: Iterable[Pool], fitting: Mapping[str, Iterable[Item]]
) -> tuple[dict[str, int], dict[Item, list[str]]]:
    """Return how many items each pool needs, and the pools of each item."""
    needs: dict[str, int] = {}
    fits: dict[Item, list[str]] = {}
    for pool in pools:
        needs[pool.address] = ceil(pool.need)
        for item in fitting[pool.address]:
            fits.setdefault(item, []).append(pool.address)
    return needs, fits


def _placed(pools: Iterable[Pool], places: Mapping[Item, str], fitting: Fitting) -> Placement:
    found: dict[str, list[Fit]] = {pool.address: [] for pool in pools}
    for item, address in places.items():
        if item in fitting[address]:
            found[address].append(fitting[address][item])
    return {address: tuple(fits) for address, fits in found.items()}


def _preferred(pools: Iterable[Pool], fitting: Fitting) -> list[Item]:
    """Return what fits ``pools``: what fits fewest of them first, then as ``rank`` says."""
    places = Counter(item for pool in pools for item in fitting[pool.address])
    ranks: dict[Item, Rank] = {}
    for pool in pools:
        for item, fit in fitting[pool.address].items():
            ranks[item] = min(ranks.get(item, rank(fit.fact)), rank(fit.fact))
    return sorted(ranks, key=lambda item: (places[item], ranks[item]))


# -- where it is not possible -------------------------------------------------------------------


def _choices(threshold: Threshold) -> Iterator[tuple[Pool, ...]]:
    """Yield every smallest set of pools that meets ``threshold``, in document order."""
    if isinstance(threshold, Pool):
        yield (threshold,)
        return
    threshold = _gate(threshold)
    for parts in combinations(threshold.parts, threshold.need):
        for choice in product(*(_Again(part) for part in parts)):
            yield tuple(pool for pools in choice for pool in pools)


@dataclass(frozen=True, slots=True)
class _Again:
    """The choices of a threshold, as something ``product`` can hold."""

    threshold: Threshold

    def __iter__(self) -> Iterator[tuple[Pool, ...]]:
        return _choices(self.threshold)


def place_best(root: Threshold, fitting: Fitting) -> Placement:
    """Place what is held so that the fewest things are missing in some smallest choice.

    Items that are not held yet are placed after the held ones: they may push a held item to
    another pool that only it can fill, never out.
    """
    nothing: tuple[Pool, ...] = ()
    ways = [choice for choice, _ in zip(_choices(root), range(500), strict=False)]
    best = min(ways, key=lambda choice: _shortfall(choice, fitting), default=nothing)
    unit = [pool for pool in best if pool.unit == "items" and not pool.is_overlay]
    held = {item for here in fitting.values() for item in here}
    lacking = {pool.address: _lacking(pool, held) for pool in unit}
    wanted = {p.address: [*fitting[p.address], *lacking[p.address]] for p in unit}
    missing = sorted({item for items in lacking.values() for item in items})
    needs, fits = _to_match(unit, wanted)
    places = match(needs, fits, [*_preferred(unit, fitting), *missing])
    return fill_up(_placed(unit, places, fitting), root, fitting)


def _lacking(pool: Pool, held: set[Item]) -> list[Item]:
    named = ((a.kinds[0], a.achievement) for a in pool.atoms if a.achievement is not None)
    return [item for item in named if item not in held]


def _shortfall(choice: Sequence[Pool], fitting: Fitting) -> Decimal:
    unit = [pool for pool in choice if pool.unit == "items" and not pool.is_overlay]
    needs, fits = _to_match(unit, fitting)
    short = Decimal(sum(needs.values()) - len(match(needs, fits, fits)))
    for pool in choice:
        if pool not in unit:
            short += max(pool.need - total(fitting[pool.address].values()), Decimal(0))
    return short


def fill_up(chosen: Mapping[str, tuple[Fit, ...]], root: Threshold, fitting: Fitting) -> Placement:
    """Add what is left over to the pools that are not in ``chosen``, in document order."""
    placed = dict(chosen)
    pools = pools_of(root)
    overlays = {pool.address for pool in pools if pool.is_overlay}
    taken = {f.item for at, fits in chosen.items() if at not in overlays for f in fits}
    for pool in pools:
        if pool.address not in placed:
            spare = () if pool.is_overlay else taken
            free = [fit for item, fit in fitting[pool.address].items() if item not in spare]
            placed[pool.address] = fewest(pool, free)
            if not pool.is_overlay:
                taken.update(fit.item for fit in placed[pool.address])
    return placed
