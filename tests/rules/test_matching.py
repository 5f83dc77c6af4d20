"""Items to pools: paths against trying every placement."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from stacking_rules.held import Item
from stacking_rules.matching import match, settle_ties

Needs, Fits = dict[str, int], dict[Item, list[str]]


def instance(seed: int) -> tuple[Needs, Fits]:
    random = Random(seed)
    pools = [f"/{i}" for i in range(random.randint(1, 3))]
    needs = {pool: random.randint(0, 2) for pool in pools}
    items = [("completion", f"a{i}") for i in range(random.randint(0, 5))]
    return needs, {
        item: sorted(random.sample(pools, random.randint(1, len(pools)))) for item in items
    }


def every_way(needs: Needs, fits: Fits) -> list[dict[Item, str]]:
    """All placements that no pool is too full for, the preferred one first.

    Preferred: as many items as can be; then the first item is placed, in its first pool, and so on.
    """
    found = []
    for choice in product(*([*pools, None] for pools in fits.values())):
        places = {item: pool for item, pool in zip(fits, choice, strict=True) if pool is not None}
        if all(list(places.values()).count(pool) <= need for pool, need in needs.items()):
            found.append(places)
    return sorted(found, key=lambda places: -len(places))


@pytest.mark.parametrize("seed", range(300))
def test_the_items_that_come_first_are_placed_in_their_first_pools(seed: int) -> None:
    needs, fits = instance(seed)
    places = match(needs, fits, fits)
    ways = every_way(needs, fits)
    assert len(places) == len(ways[0])
    best = [way for way in ways if len(way) == len(places)]
    # The set of placed items is the best one: of those that can stand together, the first ones.
    assert sorted(places) == min(sorted(way) for way in best)
    same = [way for way in best if way.keys() == places.keys()]
    ordered = {item: places[item] for item in fits if item in places}
    settled = settle_ties(needs, fits, ordered)
    assert settled == min(same, key=lambda way: [fits[item].index(way[item]) for item in ordered])


def test_what_is_fixed_takes_its_room_and_stays() -> None:
    first, second = ("completion", "x"), ("completion", "y")
    fits = {first: ["/a", "/b"], second: ["/a", "/b"]}
    assert match({"/a": 1, "/b": 1}, fits, fits, {second: "/a"}) == {first: "/b", second: "/a"}
