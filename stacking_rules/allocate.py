"""Which fact counts toward which pool: no item counts twice inside one award.

Whether a stack can be met is decided exactly: by augmenting paths where every need is a number
of items and no clause binds them (Kuhn 1955; the sets of items that can be placed form a
transversal matroid, so placing them in order of preference is optimal), and by a bounded search
otherwise. A search that reaches its bound says so; it never says "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, product

from stacking_rules.encode import encode
from stacking_rules.facts import Award
from stacking_rules.held import Candidates, Fit, Held, Item, preference
from stacking_rules.problems import Placement
from stacking_rules.refine import refine
from stacking_rules.relax import relax
from stacking_rules.search import Budget, SearchExhaustedError
from stacking_rules.thresholds import Gate, Pool, Threshold, pools_of

Fitting = Mapping[str, Mapping[Item, Fit]]
"""Pool address -> item -> the fit that would count there (one attempt stands for the item)."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The chosen placement: what counts in which pool.

    ``is_possible`` says whether it meets the root, None where the search stopped at its limit.
    ``at_fault`` are the addresses that would have to give way where it does not.
    """

    placed: Placement
    is_possible: bool | None
    at_fault: tuple[str, ...] = ()


def allocate(
    root: Threshold,
    candidates: Candidates,
    held: Held,
    *,
    is_plain: bool,
    pins: frozenset[tuple[str, str]] = frozenset(),
) -> Allocation:
    """Place what is held so that ``root`` is met if that is possible at all.

    Where it is not possible, place it so that what is missing can still be filled, as much as
    possible first. ``is_plain``: no clause binds what counts. ``pins`` are (address, id of the
    fact) that are wished for. Ties as in docs/stack-format.md.
    """
    is_plain = is_plain and not _have_common_parts(candidates)
    if is_plain and not pins:
        found = _allocate_plain(root, candidates)
        if found is not None:
            return found
    try:
        problem = encode(root, candidates, held)
        taken = problem.solve(Budget())
        if taken is not None:
            placed = problem.placement(refine(problem, taken, pins))
            return Allocation(
                _with_rest(placed, root, candidates, is_plain=is_plain), is_possible=True
            )
    except SearchExhaustedError:
        relaxed = relax(root, candidates, held)
        return Allocation(relaxed.placed, is_possible=None)
    if is_plain:
        return Allocation(_place_best(root, one_fit(candidates)), is_possible=False)
    relaxed = relax(root, candidates, held)
    return Allocation(relaxed.placed, is_possible=False, at_fault=relaxed.at_fault)


def decide(root: Threshold, candidates: Candidates, held: Held, *, is_plain: bool) -> Allocation:
    """Return whether ``root`` can be met, and one placement that meets it: no ties, no reasons.

    Arguments as in ``allocate``; where the answer is no, nothing is placed.
    """
    is_plain = is_plain and not _have_common_parts(candidates)
    found = _allocate_plain(root, candidates) if is_plain else None
    if found is not None:
        return found
    try:
        problem = encode(root, candidates, held)
        taken = problem.solve(Budget())
    except SearchExhaustedError:
        return Allocation({}, is_possible=None)
    if taken is None:
        return Allocation({}, is_possible=False)
    return Allocation(problem.placement(taken), is_possible=True)


def _have_common_parts(candidates: Candidates) -> bool:
    """Return whether two awards that fit have counted the same fact."""
    seen: dict[str, str] = {}
    for fits in candidates.values():
        for fit in fits:
            if isinstance(fit.fact, Award):
                for part in fit.fact.counted:
                    if seen.setdefault(part, fit.fact.id) != fit.fact.id:
                        return True
    return False


def can_be_met(root: Threshold, candidates: Candidates, held: Held) -> bool | None:
    """Return whether ``root`` could be met if all that is not known turned out well."""
    try:
        return encode(root, candidates, held, is_hopeful=True).solve(Budget()) is not None
    except SearchExhaustedError:
        return None


def one_fit(candidates: Candidates) -> dict[str, dict[Item, Fit]]:
    """Return for each pool and item the attempt that adds most, the first among equals."""
    found: dict[str, dict[Item, Fit]] = {}
    for address, fits in candidates.items():
        here: dict[Item, Fit] = {}
        for fit in fits:
            if not fit.is_sure or fit.barriers:
                continue
            known = here.get(fit.item)
            if known is None or fit.amount > known.amount:
                here[fit.item] = fit
        found[address] = here
    return found


def total(fits: Iterable[Fit]) -> Decimal:
    """Return what ``fits`` add together."""
    return sum((fit.amount for fit in fits), Decimal(0))


# -- thresholds alone ----------------------------------------------------------------------


def _allocate_plain(root: Threshold, candidates: Candidates) -> Allocation | None:
    """Return the allocation where thresholds alone decide; None where a search is needed."""
    fitting = one_fit(candidates)
    pools = list(pools_of(root))
    if not _is_contended(pools, fitting):
        placed = {pool.address: _trim(pool, fitting[pool.address].values()) for pool in pools}
        return Allocation(placed, is_possible=is_met(root, placed))
    claimed = _all_claimed(root)
    if claimed is None or any(p.unit != "items" for p in claimed if not p.is_overlay):
        return None
    users = [pool for pool in claimed if not pool.is_overlay]
    matched = _match(users, fitting, _in_order(users, fitting))
    placed = {
        pool.address: _trim(pool, (fitting[pool.address][i] for i in matched[pool.address]))
        for pool in users
    }
    placed |= {p.address: _trim(p, fitting[p.address].values()) for p in claimed if p.is_overlay}
    if is_met(root, placed):
        return Allocation(placed, is_possible=True)
    return Allocation(_place_best(root, fitting), is_possible=False)


def _all_claimed(root: Threshold) -> list[Pool] | None:
    """Return the pools that all have to be met; None where there is a choice between parts."""
    if isinstance(root, Pool):
        return [root]
    found: list[Pool] = []
    gate = _gate(root)
    if gate.need != len(gate.parts):
        return None
    for part in gate.parts:
        below = _all_claimed(part)
        if below is None:
            return None
        found += below
    return found


def _is_contended(pools: Iterable[Pool], fitting: Fitting) -> bool:
    seen: set[Item] = set()
    for pool in pools:
        if pool.is_overlay:
            continue
        here = fitting[pool.address].keys()
        if not seen.isdisjoint(here):
            return True
        seen |= here
    return False


def _trim(pool: Pool, fits: Iterable[Fit]) -> tuple[Fit, ...]:
    """Return the fewest items that reach the need, the earliest among equals; all if short."""
    order = sorted(fits, key=lambda fit: preference(fit.fact))
    surplus = total(order) - pool.need
    kept = list(order)
    lightest_and_latest = order[::-1]
    lightest_and_latest.sort(key=lambda fit: fit.amount)
    for fit in lightest_and_latest:
        if fit.amount <= surplus:
            surplus -= fit.amount
            kept.remove(fit)
    return tuple(kept)


def _in_order(pools: Sequence[Pool], fitting: Fitting) -> list[Item]:
    first: dict[Item, tuple[date, str]] = {}
    for pool in pools:
        for item, fit in fitting[pool.address].items():
            rank = preference(fit.fact)
            first[item] = min(first.get(item, rank), rank)
    return sorted(first, key=lambda item: (first[item], item))


def _match(
    pools: Sequence[Pool], fitting: Mapping[str, Iterable[Item]], items: Iterable[Item]
) -> dict[str, list[Item]]:
    """Place ``items`` in order by augmenting paths; an item once placed stays placed."""
    placed: dict[str, list[Item]] = {pool.address: [] for pool in pools}
    places = {pool.address: set(fitting[pool.address]) for pool in pools}
    needs = {pool.address: int(pool.need) for pool in pools}

    def place(item: Item, tried: set[str]) -> bool:
        for pool in pools:
            address = pool.address
            if item not in places[address] or address in tried:
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


def _gate(threshold: Threshold) -> Gate:
    if not isinstance(threshold, Gate):
        raise TypeError(f"{threshold.address} has to be settled before it is allocated")
    return threshold


@dataclass(frozen=True, slots=True)
class _Again:
    """The choices of a threshold, as something ``product`` can hold."""

    threshold: Threshold

    def __iter__(self) -> Iterator[tuple[Pool, ...]]:
        return _choices(self.threshold)


def _place_best(root: Threshold, fitting: Fitting) -> Placement:
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
    matched = _match(unit, wanted, [*_in_order(unit, fitting), *missing])
    chosen = {
        address: tuple(fitting[address][item] for item in items if item in fitting[address])
        for address, items in matched.items()
    }
    return _fill_up(chosen, root, fitting)


def _lacking(pool: Pool, held: set[Item]) -> list[Item]:
    named = ((a.kinds[0], a.achievement) for a in pool.atoms if a.achievement is not None)
    return [item for item in named if item not in held]


def _shortfall(choice: Sequence[Pool], fitting: Fitting) -> Decimal:
    unit = [pool for pool in choice if pool.unit == "items" and not pool.is_overlay]
    matched = _match(unit, fitting, _in_order(unit, fitting))
    short = sum((pool.need - len(matched[pool.address]) for pool in unit), Decimal(0))
    for pool in choice:
        if pool not in unit:
            short += max(pool.need - total(fitting[pool.address].values()), Decimal(0))
    return short


def _with_rest(
    placed: Placement, root: Threshold, candidates: Candidates, *, is_plain: bool
) -> Placement:
    """Fill parts that are not needed with what is left over, where no clause could forbid it."""
    if not is_plain:
        return placed
    fitting = one_fit(candidates)
    kept = {
        pool.address: _trim(pool, placed[pool.address])
        for pool in pools_of(root)
        if total(placed[pool.address]) >= pool.need
    }
    return _fill_up(kept, root, fitting)


def _fill_up(chosen: Mapping[str, tuple[Fit, ...]], root: Threshold, fitting: Fitting) -> Placement:
    """Add what is left over to the pools that are not in ``chosen``, in document order."""
    placed = dict(chosen)
    pools = list(pools_of(root))
    overlays = {pool.address for pool in pools if pool.is_overlay}
    taken = {f.item for at, fits in chosen.items() if at not in overlays for f in fits}
    for pool in pools:
        if pool.address not in placed:
            spare = () if pool.is_overlay else taken
            free = [fit for item, fit in fitting[pool.address].items() if item not in spare]
            placed[pool.address] = _trim(pool, free)
            if not pool.is_overlay:
                taken.update(fit.item for fit in placed[pool.address])
    return placed


def is_met(threshold: Threshold, placed: Placement) -> bool:
    """Return whether this placement meets the thresholds, clauses apart."""
    if isinstance(threshold, Pool):
        return total(placed[threshold.address]) >= threshold.need
    gate = _gate(threshold)
    return sum(is_met(part, placed) for part in gate.parts) >= gate.need
