"""How hard a rule is to decide: by thresholds alone, by counting, or by a search, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from stacking_rules.could_hold import credits_are_known
from stacking_rules.impossible import Prospect
from stacking_rules.stacks import ROOT, Stack
from stacking_rules.thresholds import Pool, nodes_of, pools_of

FEW = 10
"""Requirements that compete for items up to which sets of them can be written out (Hall)."""


@dataclass(frozen=True, slots=True)
class Case:
    """``name`` is "thresholds", "counts", "equal-credits" or "search".

    A search has a ``reason`` ("clause", "points", "credits") and the address ``at`` of what needs
    it. ``competing`` is the largest number of requirements that compete for the same items.
    """

    name: str
    reason: str = ""
    at: str = ""
    competing: int = 0


def case_of(stack: Stack) -> Case:
    """Return how hard ``stack`` is to decide for one learner (not its renewal)."""
    prospect = Prospect(stack, ROOT, stack.requires)
    pools = [pool for pool in pools_of(prospect.written) if not pool.is_overlay]
    groups = _competing(pools)
    most = max((len(group) for group in groups), default=0)
    for node in nodes_of(prospect.written):
        for at, _ in node.clauses:
            return Case("search", "clause", at, most)
    if most < 2:
        return Case("thresholds", competing=most)
    contended = [pool for group in groups if len(group) > 1 for pool in group]
    if all(pool.unit == "items" for pool in contended):
        return Case("counts", competing=most)
    for group in groups:
        found = _unequal(group, prospect)
        if found is not None:
            return Case("search", *found, most)
    return Case("equal-credits", competing=most)


def _unequal(group: Sequence[Pool], prospect: Prospect) -> tuple[str, str] | None:
    """Return (reason, address) where the options of competing pools are worth different amounts."""
    if len(group) < 2:
        return None
    worth = set()
    for pool in group:
        if pool.unit == "points":
            return "points", pool.address
        facts = [fact for _, fact, _ in prospect.held.asked_in(pool)]
        is_known = all(credits_are_known(fact, prospect.stack.definitions) for fact in facts)
        if pool.unit == "credits" and (not facts or not is_known or None in _keys(pool)):
            return "credits", pool.address
        worth |= {fact.credits if pool.unit == "credits" else None for fact in facts}
    return ("credits", group[0].address) if len(worth) > 1 else None


def _keys(pool: Pool) -> set[str | None]:
    return {atom.achievement for atom in pool.atoms}


def _competing(pools: Sequence[Pool]) -> list[list[Pool]]:
    """Return the pools in groups that compete for the same items, directly or by way of others."""
    groups = [[pool] for pool in pools]
    for first, second in combinations(pools, 2):
        if _overlap(first, second):
            ours, theirs = (next(g for g in groups if p in g) for p in (first, second))
            if ours is not theirs:
                ours += theirs
                groups.remove(theirs)
    return groups


def _overlap(first: Pool, second: Pool) -> bool:
    kinds = {kind for atom in first.atoms for kind in atom.kinds}
    if kinds.isdisjoint(kind for atom in second.atoms for kind in atom.kinds):
        return False
    ours, theirs = _keys(first), _keys(second)
    return None in ours | theirs or not ours.isdisjoint(theirs)
