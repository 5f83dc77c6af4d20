"""Requirements that compete for the same items, as sums over sets of them (Hall).

"Each item serves at most one of these requirements" holds if and only if for every set of them
the items that fit any of the set are as many as they demand together. That is exact where items
are counted, and where all of them are worth the same; otherwise it is a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from itertools import combinations, product
from math import ceil, comb

from stacking_rules.cohort.formulas import Count, Formula, Item, Sum
from stacking_rules.thresholds import Gate, Pool, Threshold, pools_of

MOST_CHOICES = 32
"""Ways to meet a rule that are written out."""
MOST_COMPETING = 8
"""Requirements of which every set is written out."""

SumOf = Callable[[Sequence[Pool]], Formula]
WorthOf = Callable[[Sequence[Item]], Decimal | None]


def place(
    root: Threshold, sum_of: SumOf, worth_of: WorthOf, *, is_plain: bool
) -> tuple[Formula, bool]:
    """Return a bound of ``root``, and whether it says everything about what counts where.

    ``sum_of`` gives that of pools taken together; ``worth_of`` the credits that everything held
    of some items is worth, None where they differ. Clauses may let items count twice: what is
    not ``is_plain`` is taken pool by pool.
    """
    if not is_plain:
        return _tree(root, sum_of), False
    if not any(True for _ in _contended(root)):
        return _tree(root, sum_of), True
    if ways(root) > MOST_CHOICES:
        return _tree(root, sum_of), False
    found, is_exact = [], True
    for choice in choices(root):
        formula, is_all = _all_of(choice, sum_of, worth_of)
        found.append(formula)
        is_exact = is_exact and is_all
    return Count(1, tuple(found)), is_exact


def _tree(node: Threshold, sum_of: SumOf) -> Formula:
    if isinstance(node, Pool):
        return sum_of([node])
    if not isinstance(node, Gate):
        raise TypeError(f"{node.address} has to be settled before it is bounded")
    return Count(node.need, tuple(_tree(part, sum_of) for part in node.parts))


def _contended(node: Threshold) -> Iterator[tuple[Pool, Pool]]:
    """Yield pairs of pools that may both be needed and both use an item up."""
    if not isinstance(node, Gate):
        return
    for part in node.parts:
        yield from _contended(part)
    if node.need > 1:
        parts = [[pool for pool in pools_of(p) if not pool.is_overlay] for p in node.parts]
        for ours, theirs in combinations(parts, 2):
            yield from (pair for pair in product(ours, theirs) if _overlap(*pair))


def _overlap(one: Pool, other: Pool) -> bool:
    ours, theirs = _items(one), _items(other)
    if not ours.isdisjoint(theirs):
        return True
    every = (
        {kind for kind, key in ours if key is None},
        {kind for kind, key in theirs if key is None},
    )
    return any(kind in every[0] for kind, _ in theirs) or any(k in every[1] for k, _ in ours)


def _items(pool: Pool) -> set[Item]:
    return {(kind, atom.achievement) for atom in pool.atoms for kind in atom.kinds}


def ways(node: Threshold) -> int:
    """Return in how many ways ``node`` can be met, or somewhat more."""
    if not isinstance(node, Gate):
        return 1
    most = max((ways(part) for part in node.parts), default=1)
    several = min(most, MOST_CHOICES + 1) ** min(max(node.need, 0), 9)
    return comb(len(node.parts), node.need) * int(several)


def choices(node: Threshold) -> Iterator[tuple[Pool, ...]]:
    """Yield every smallest set of pools that meets ``node``."""
    if isinstance(node, Pool):
        yield (node,)
    elif isinstance(node, Gate):
        for parts in combinations(node.parts, node.need):
            for choice in product(*map(choices, parts)):
                yield tuple(pool for pools in choice for pool in pools)


def _all_of(pools: Sequence[Pool], sum_of: SumOf, worth_of: WorthOf) -> tuple[Formula, bool]:
    """Return that ``pools`` can all be met, by groups that compete."""
    parts = [sum_of([pool]) for pool in pools if pool.is_overlay]
    is_exact = True
    for group in _groups([pool for pool in pools if not pool.is_overlay]):
        found, is_all = _group(group, sum_of, worth_of)
        parts += found
        is_exact = is_exact and is_all
    return Count(len(parts), tuple(parts)), is_exact


def _groups(pools: Sequence[Pool]) -> list[list[Pool]]:
    groups: list[list[Pool]] = []
    for pool in pools:
        near = [g for g in groups if any(_overlap(pool, other) for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append(reduce(lambda found, g: found + g, near, [pool]))
    return groups


def _group(group: list[Pool], sum_of: SumOf, worth_of: WorthOf) -> tuple[list[Formula], bool]:
    if len(group) == 1:
        return [sum_of(group)], True
    alone = [sum_of([pool]) for pool in group]
    if len(group) > MOST_COMPETING or any(isinstance(s, Sum) and s.awards for s in alone):
        return alone, False
    counted = [_in_items(pool, worth_of) for pool in group]
    as_items = [pool for pool in counted if pool is not None]
    if len(as_items) == len(group):
        return [sum_of(chosen) for chosen in _sets(as_items)], True
    units = {pool.unit for pool in group}
    return [
        sum_of(chosen)
        for unit in sorted(units)
        for chosen in _sets([pool for pool in group if pool.unit == unit])
    ], False


def _sets(pools: Sequence[Pool]) -> Iterator[Sequence[Pool]]:
    for size in range(1, len(pools) + 1):
        yield from combinations(pools, size)


def _in_items(pool: Pool, worth_of: WorthOf) -> Pool | None:
    """Return ``pool`` by a number of items, None where these are worth different amounts."""
    if pool.unit == "items":
        return replace(pool, need=Decimal(ceil(pool.need)))
    if pool.unit != "credits":
        return None
    worth = worth_of(sorted(_items(pool), key=str))
    if not worth:
        return None
    return replace(pool, unit="items", need=Decimal(ceil(pool.need / worth)))
