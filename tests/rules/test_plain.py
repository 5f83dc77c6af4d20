"""Allocation where thresholds alone decide: which attempt, how few items, and which way is near."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from stacking_rules.facts import Completion
from stacking_rules.held import Fit
from stacking_rules.plain import (
    decide_plain,
    fewest,
    fill_up,
    in_published_order,
    is_contended,
    one_fit,
    place_best,
)
from stacking_rules.thresholds import Atom, Gate, Pool, Threshold

RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def fit(
    name: str, amount: object = 1, day: int = 1, *, until: date | None = None, sure: bool = True
) -> Fit:
    """Return an attempt: "x" or, where there are several, "x1", "x2" at the item x."""
    fact = Completion(name, name[0], date(2026, 1, day), RECORDED, valid_until=until)
    return Fit(("completion", name[0]), fact, Decimal(str(amount)), (), sure)


def pool(address: str, need: object = 1, unit: str = "items", keys: str = "") -> Pool:
    return Pool(address, Decimal(str(need)), unit, tuple(Atom(key) for key in keys))


def look(address: str) -> Pool:
    return Pool(address, Decimal(1), "items", (), is_overlay=True)


def every(*parts: Threshold, address: str = "/") -> Gate:
    return Gate(address, len(parts), parts)


def one(*parts: Threshold) -> Gate:
    return Gate("/", 1, parts)


def names(placed: Mapping[str, tuple[Fit, ...]]) -> dict[str, str]:
    return {at: ",".join(sorted(fit.fact.id for fit in fits)) for at, fits in placed.items()}


def chosen(root: Threshold, **candidates: tuple[Fit, ...]) -> dict[str, str] | None:
    """Return which attempt stands where; the pools are named without their slash."""
    found = one_fit(root, {f"/{name}": fits for name, fits in candidates.items()})
    return None if found is None else names({at: (*fits.values(),) for at, fits in found.items()})


# -- which attempt --------------------------------------------------------------------------------


def test_of_the_attempts_at_an_item_the_one_that_adds_most_counts_then_the_preferred_one() -> None:
    root = every(pool("/a"))
    assert chosen(root, a=(fit("x1", 2, 1), fit("x2", 3, 2))) == {"/a": "x2"}
    assert chosen(root, a=(fit("x1", 3, 1), fit("x2", 2, 2))) == {"/a": "x1"}
    assert chosen(root, a=(fit("x1", 3, 2), fit("x2", 3, 1))) == {"/a": "x2"}
    ends = fit("x1", 3, 1, until=date(2027, 1, 1))
    assert chosen(root, a=(ends, fit("x2", 3, 2))) == {"/a": "x2"}
    assert chosen(root, a=(fit("x1", 3, sure=False), fit("x2", 2))) == {"/a": "x2"}
    barred = fit("x1", 3)._replace(barriers=("/filter",))
    assert chosen(root, a=(barred, fit("x2", 2))) == {"/a": "x2"}


def test_without_a_look_each_place_takes_the_attempt_that_serves_it_best() -> None:
    root = every(pool("/a"), pool("/b"))
    found = chosen(root, a=(fit("x1", 5), fit("x2", 3)), b=(fit("x2", 3),))
    assert found == {"/a": "x1", "/b": "x2"}


def test_what_is_looked_at_is_the_attempt_that_counts() -> None:
    root = every(pool("/a"), look("/o"))
    big, small = fit("x1", 5, 2), fit("x2", 3, 1)
    seen = (big._replace(amount=Decimal(1)), small._replace(amount=Decimal(1)), fit("y"))
    assert chosen(root, a=(big, small), o=seen) == {"/a": "x1", "/o": "x1,y"}
    assert chosen(root, a=(big, small), o=seen[1:]) is None
    unsure = (seen[0]._replace(is_sure=False), seen[1])
    assert chosen(root, a=(big, small), o=unsure) is None
    barred = (seen[0]._replace(barriers=("/filter",)), seen[1])
    assert chosen(root, a=(big, small), o=barred) is None
    assert chosen(root, a=(big,), o=(fit("y"),)) == {"/a": "x1", "/o": "y"}


def test_of_attempts_that_serve_everywhere_the_preferred_one_stands() -> None:
    root = every(pool("/a"), look("/o"))
    both = (fit("x2", 1, 3), fit("x1", 1, 2))
    assert chosen(root, a=both, o=(*both, fit("x0", 1, 1))) == {"/a": "x1", "/o": "x1"}


# -- how few --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "amounts", "kept"),
    [
        (6, (1, 5, 6), "c"),
        (6, (5, 3, 3, 1), "a,b"),
        (11, (5, 1, 4, 3), "a,c,d"),
        (9, (4, 5, 4), "a,b"),
        (6, (3, 3), "a,b"),
        (7, (3, 3), "a,b"),
        (0, (3, 3), ""),
        (3, (3, 3), "a"),
        ("2.5", (1, 1, 1, 1), "a,b,c"),
    ],
)
def test_the_fewest_items_are_taken_and_of_equally_few_the_preferred(
    need: object, amounts: tuple[int, ...], kept: str
) -> None:
    fits = [fit("abcd"[place], worth, place + 1) for place, worth in enumerate(amounts)]
    for order in (fits, fits[::-1]):
        found = fewest(pool("/a", need, "credits"), order)
        assert names({"/": found}) == {"/": kept}


# -- possible -------------------------------------------------------------------------------------

Fitting = dict[str, dict[tuple[str, str], Fit]]


def fitting(**fits: str | tuple[Fit, ...]) -> Fitting:
    """Return what fits where: names of items that add one each, or attempts."""
    given = {at: (fit(key) for key in value) if isinstance(value, str) else value
             for at, value in fits.items()}  # fmt: skip
    return {f"/{at}": {one.item: one for one in value} for at, value in given.items()}


def test_items_of_their_own_are_no_contention_and_looks_neither() -> None:
    two = every(pool("/a"), pool("/b"))
    assert not is_contended(two, fitting(a="x", b="y"))
    assert is_contended(two, fitting(a="xy", b="yz"))
    assert not is_contended(every(pool("/a"), look("/o")), fitting(a="x", o="x"))
    assert not is_contended(every(look("/o"), pool("/a")), fitting(a="x", o="x"))


def test_contended_items_are_decided_by_paths_and_nothing_else_is() -> None:
    two = every(pool("/a"), pool("/b"))
    free = decide_plain(two, fitting(a="xy", b="z"))
    assert free is not None
    assert names(free) == {"/a": "x,y", "/b": "z"}
    found = decide_plain(two, fitting(a="xy", b="x"))
    assert found is not None
    assert names(found) == {"/a": "y", "/b": "x"}
    seen = decide_plain(every(*two.parts, look("/o")), fitting(a="xy", b="x", o="x"))
    assert seen is not None
    assert names(seen) == {"/a": "y", "/b": "x", "/o": "x"}
    short = decide_plain(two, fitting(a="x", b="x"))
    assert short is not None
    assert names(short) == {"/a": "", "/b": ""}
    summed = every(pool("/a", 1, "credits"), pool("/b"))
    assert decide_plain(summed, fitting(a="xy", b="x")) is None
    choice = every(pool("/a"), Gate("/g", 1, (pool("/b"), pool("/c"))))
    assert decide_plain(choice, fitting(a="x", b="x", c="x")) is None


def test_an_item_is_preferred_for_the_best_of_its_attempts() -> None:
    late, early = fit("x2", day=20), fit("x1", day=1)
    others = (fit("y", day=5), fit("z", day=6))
    two = every(pool("/a"), pool("/b"))
    placed = in_published_order(two, fitting(a=(late, *others), b=(early, *others)))
    assert names(placed) == {"/a": "x2", "/b": "y"}


# -- not possible ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "nearest"),
    [
        ((10, 9), (5, 3), "/a"),
        ((5, 3), (10, 9), "/b"),
        ((5, 4), (5, 5), "/b"),
        ((5, 5), (5, 9), "/a"),
    ],
)
def test_where_nothing_will_do_what_is_held_goes_where_least_credit_is_missing(
    first: tuple[int, int], second: tuple[int, int], nearest: str
) -> None:
    left = every(pool("/a", keys="x"), pool("/c", first[0], "credits"), address="/l")
    right = every(pool("/b", keys="x"), pool("/d", second[0], "credits"), address="/r")
    held = fitting(a="x", b="x", c=(fit("p", first[1]),), d=(fit("q", second[1]),))
    found = names(place_best(one(left, right), held))
    assert {at for at in ("/a", "/b") if found[at] == "x"} == {nearest}


def test_where_nothing_will_do_what_is_held_goes_where_fewest_items_are_missing() -> None:
    three = every(*(pool(f"/{name}", keys="x") for name in "abc"), address="/l")
    two = pool("/d", 2, keys="xz")
    held = fitting(a="x", b="x", c="x", d="x")
    assert names(place_best(one(three, two), held))["/d"] == "x"
    most, less = pool("/a", 5, keys="xpqrs"), pool("/b", 3, keys="xyz")
    for parts in ((most, less), (less, most)):
        found = names(place_best(one(*parts), fitting(a="xpqr", b="x")))
        assert found == {"/a": "p,q,r,x", "/b": ""}


def test_what_is_not_held_yet_leaves_a_held_item_the_place_that_only_it_can_fill() -> None:
    root = every(pool("/a", keys="xy"), pool("/b", keys="x"), pool("/c", keys="z"))
    assert names(place_best(root, fitting(a="x", b="x", c=""))) == {"/a": "", "/b": "x", "/c": ""}


def test_what_is_looked_at_is_left_for_the_other_places() -> None:
    root = every(look("/o"), pool("/b"), pool("/c"))
    held = fitting(o="x", b="x", c="x")
    found = fill_up({"/o": (fit("x"),)}, root, held)
    assert names(found) == {"/o": "x", "/b": "x", "/c": ""}
    assert names(fill_up({}, root, held)) == {"/o": "x", "/b": "x", "/c": ""}
