"""Whether the items of one learner can be divided between requirements that compete for them.

Where credits differ, sums over sets of requirements are only a bound. What is left to decide
are few learners, each with few items: all that the needs can come down to is followed, item by
item.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from math import ceil, lcm

from stacking_rules.cohort.competing import choices
from stacking_rules.cohort.conditions import Condition, take_apart
from stacking_rules.cohort.formulas import Bounded
from stacking_rules.facts import LearnerRecord
from stacking_rules.held import Fit, Held, Item
from stacking_rules.plain import Fitting, one_fit
from stacking_rules.shelf import hold
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Pool, compile_stack, pools_of

MOST_NEEDS = 5_000
"""Combinations of needs that are followed at a time; beyond, the exact evaluator searches."""

Needs = tuple[int, ...]
Options = tuple[tuple[int, int], ...]
"""(number of the requirement, what the item adds there), for each that it fits."""


class Dividing:
    """Decides stacks for one learner after the other, where items and credits alone matter."""

    def __init__(self, stacks: Sequence[Stack], bounded: Sequence[Bounded]) -> None:
        self.ways = {
            stack.key: list(choices(compile_stack(stack).root))
            for stack in stacks
            if _is_dividing(stack, next(b for b in bounded if b.key == stack.key))
        }
        self.stacks = {stack.key: stack for stack in stacks}

    def meets(
        self, key: str, record: LearnerRecord, *, as_of: date, known_on: datetime
    ) -> bool | None:
        """Return whether ``record`` meets the stack ``key``; None where that is not for here."""
        ways = self.ways.get(key)
        if ways is None:
            return None
        stack = self.stacks[key]
        held = hold(stack, record.known(as_of=as_of, known_on=known_on), record, as_of)
        fitting = _fitting(stack, held)
        if fitting is None:
            return None
        answers = [_can_be_divided(way, fitting) for way in ways]
        return True if True in answers else None if None in answers else False


def _is_dividing(stack: Stack, bounded: Bounded) -> bool:
    """Return whether nothing but what is divided stands between the bound and the answer."""
    compiled = compile_stack(stack)
    if not bounded.is_divided or compiled.given or stack.renewal or stack.definitions.splits:
        return False
    atoms = [atom for pool in pools_of(compiled.root) for atom in pool.atoms]
    if any("award" in atom.kinds for atom in atoms):
        return False
    return compiled.is_plain and not any(
        take_apart(Condition(None, a.where)).is_open for a in atoms
    )


def _fitting(stack: Stack, held: Held) -> Fitting | None:
    root = compile_stack(stack).root
    candidates = {pool.address: held.fits(pool) for pool in pools_of(root)}
    return None if held.is_doubtful(candidates) else one_fit(root, candidates)


def _can_be_divided(pools: Sequence[Pool], fitting: Fitting) -> bool | None:
    """Return whether each of ``pools`` can have what it needs; None where that is too much."""
    for pool in pools:
        if pool.is_overlay and sum(f.amount for f in fitting[pool.address].values()) < pool.need:
            return False
    users = [pool for pool in pools if not pool.is_overlay]
    fits = [fitting[pool.address] for pool in users]
    scale = lcm(*(Fraction(f.amount).denominator for here in fits for f in here.values()))
    needs = tuple(max(0, ceil(Fraction(pool.need) * scale)) for pool in users)
    by_item: dict[Item, list[tuple[int, int]]] = {}
    for number, here in enumerate(fits):
        for item, fit in here.items():
            by_item.setdefault(item, []).append((number, _whole(fit, scale)))
    # What fits fewest requirements is given away first: there is least to choose.
    options = sorted(map(tuple, by_item.values()), key=len)
    return _reach(needs, options)


def _whole(fit: Fit, scale: int) -> int:
    return int(Fraction(fit.amount) * scale)


def _reach(needs: Needs, options: Sequence[Options]) -> bool | None:
    """Return whether giving each item to one of its requirements brings all needs to nothing."""
    left = [[0] * len(needs)]
    for fits in reversed(options):
        supply = left[-1].copy()
        for number, amount in fits:
            supply[number] += amount
        left.append(supply)
    left.reverse()
    reached = {needs}
    for index, fits in enumerate(options):
        supply = left[index]
        reached = {
            after
            for before in reached
            if all(need <= most for need, most in zip(before, supply, strict=True))
            for after in _given(before, fits)
        }
        if len(reached) > MOST_NEEDS:
            return None
    return any(not any(after) for after in reached)


def _given(needs: Needs, fits: Options) -> list[Needs]:
    """Return what the needs may come to with one item more; one that is of no use stays."""
    found = [
        (*needs[:number], max(0, needs[number] - amount), *needs[number + 1 :])
        for number, amount in fits
        if needs[number]
    ]
    return found or [needs]
