"""Items to pools, each item in one of them: augmenting paths (Kuhn 1955).

The sets of items that can be placed together form a transversal matroid: an item once placed
stays placed (perhaps elsewhere), and placing them in an order of preference keeps the best ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stacking_rules.held import Item

Needs = Mapping[str, int]
"""Address of a pool -> how many items it takes."""
Fitting = Mapping[Item, Sequence[str]]
"""Item -> the pools in which it may stand, in the order of the document."""
Places = dict[Item, str]
"""Item -> the pool in which it stands."""

NOWHERE: Places = {}


def match(needs: Needs, fits: Fitting, items: Iterable[Item], fixed: Places = NOWHERE) -> Places:
    """Place ``items``, as many as can stand together, the first ones before the others.

    ``fixed`` stand where they are. No pool takes more than it needs.
    """
    matching = _Matching(needs, fits)
    for pool in fixed.values():
        matching.room[pool] -= 1
    for item in items:
        if item not in fixed:
            matching.place(item)
    return {**matching.places, **fixed}


def settle_ties(needs: Needs, fits: Fitting, places: Places) -> Places:
    """Return where the placed items stand when each, in turn, takes its first possible pool.

    ``places`` are in the order in which the items choose; those before have chosen for good.
    """
    chosen: Places = {}
    room = dict(needs)
    for item in places:
        for pool in fits[item]:
            if not room[pool]:
                continue
            if places[item] != pool:
                moved = match(needs, fits, places, {**chosen, item: pool})
                if len(moved) < len(places):
                    continue
                places = {one: moved[one] for one in places}
            chosen[item] = pool
            room[pool] -= 1
            break
    return chosen


class _Matching:
    def __init__(self, needs: Needs, fits: Fitting) -> None:
        self.fits, self.room = fits, dict(needs)
        self.held: dict[str, list[Item]] = {pool: [] for pool in needs}
        self.places: Places = {}

    def place(self, item: Item) -> None:
        """Place ``item``, moving others from pool to pool where that makes room, if it can."""
        entering: dict[str, Item] = {}
        movers = [item]
        for mover in movers:
            for pool in self.fits[mover]:
                if pool in entering:
                    continue
                entering[pool] = mover
                if self.room[pool] > 0:
                    self.room[pool] -= 1
                    self._shift(pool, entering)
                    return
                movers += self.held[pool]

    def _shift(self, end: str, entering: Mapping[str, Item]) -> None:
        """Let everything on the path to the pool ``end`` move one pool further."""
        pool: str | None = end
        while pool is not None:
            mover = entering[pool]
            left = self.places.get(mover)
            if left is not None:
                self.held[left].remove(mover)
            self.places[mover] = pool
            self.held[pool].append(mover)
            pool = left
