"""Parts of a rule that contradict, repeat or imply each other, and options that never matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.findings import ERROR, WARNING, Finding, Spot
from stacking_rules.implications import bare, covers
from stacking_rules.impossible import Impossible, Prospect
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Completed,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Single,
)
from stacking_rules.stacks import ROOT, Stack, child_address, walk
from stacking_rules.thresholds import Pool, pools_of

MOST_NODES = 200
"""Requirements below a group up to which its parts are compared with each other."""
MOST_OPTIONS, MOST_SUMS = 50, 2_000
"""Options, and different sums, up to which it is asked whether an option is ever missing."""


def repeated(spot: Spot) -> Iterator[Finding]:
    """Find the same thing asked for twice in one group."""
    if not isinstance(spot.node, Group | NoneOf):
        return
    texts = spot.stack.definitions.achievements
    counts = Counter(repr(bare(p)) for p in spot.node.parts if isinstance(p, Single))
    for part in spot.node.parts:
        if isinstance(part, Single) and counts.pop(repr(bare(part)), 0) > 1:
            text = texts.get(part.achievement)
            if text is None or text.repeatable < 2:
                yield spot.finding(ERROR, "duplicate-child", key=part.achievement)


def redundant(spot: Spot) -> Iterator[Finding]:
    """Find groups of one part, and what nothing is needed of."""
    node = spot.node
    if isinstance(node, AnyOf | AtLeast) and len(node.parts) == 1:
        yield spot.finding(WARNING, "redundant-group")
    is_empty = isinstance(node, AtLeast) and node.count == 0
    is_zero = isinstance(node, Amount) and not node.need and not node.clauses
    if is_empty or is_zero:
        yield spot.finding(WARNING, "nothing-needed")


def first_step(spot: Spot) -> Iterator[Finding]:
    """Find an award that a single item makes: it would be issued on the first step."""
    if spot.above or spot.address != ROOT:
        return
    node = spot.node
    options = node.parts if isinstance(node, AnyOf) else (node,)
    if any(isinstance(option, Completed) for option in options):
        yield spot.finding(WARNING, "first-step")


def dominated(spot: Spot) -> Iterator[Finding]:
    """Find parts of an "any" that are never needed, because another asks for less."""
    node = spot.node
    if not isinstance(node, AnyOf) or _is_large(node):
        return
    for index, part in enumerate(node.parts):
        for other_index, other in enumerate(node.parts):
            if other is part or not covers(part, other):
                continue
            if covers(other, part) and other_index > index:
                continue  # They say the same: the later one is named.
            if isinstance(part, Single) and isinstance(other, Single) and bare(part) == bare(other):
                continue  # Named as asked for twice.
            if _is_spoken_of(spot):
                return
            at = child_address(spot.address, part)
            cheaper = child_address(spot.address, other)
            yield _at(spot, part, at).finding(WARNING, "dominated", other=cheaper)
            break


def _is_large(node: Requirement) -> bool:
    return any(number > MOST_NODES for number, _ in enumerate(walk(ROOT, node)))


def _at(spot: Spot, part: Requirement, address: str) -> Spot:
    return Spot(spot.document, spot.stack, address, part, spot.line)


def _is_spoken_of(spot: Spot) -> bool:
    """Return whether something else depends on which part is met: levels, order, sharing."""
    names = [level.at for level in spot.stack.levels]
    for _, _, clause in spot.stack.clauses():
        names += [getattr(clause, name, "") for name in ("of", "first", "second")]
    inside = f"{spot.address.rstrip('/')}/"
    return any(isinstance(name, str) and name.startswith(inside) for name in names)


def implied(spot: Spot) -> Iterator[Finding]:
    """Find parts of an "all" that follow from another part and use nothing up themselves."""
    node = spot.node
    if not isinstance(node, AllOf) or _is_large(node):
        return
    for index, part in enumerate(node.parts):
        for other_index, other in enumerate(node.parts):
            if other is part or not _makes_idle(other, part):
                continue
            if _makes_idle(part, other) and other_index > index:
                continue
            at = child_address(spot.address, part)
            stronger = child_address(spot.address, other)
            yield _at(spot, part, at).finding(WARNING, "redundant", other=stronger)
            break


def _makes_idle(given: Requirement, wanted: Requirement) -> bool:
    """Return whether ``wanted``, which uses nothing up, is met wherever ``given`` is."""
    if isinstance(wanted, NoneOf | Limit | LearnerIs):
        return covers(given, wanted)
    if not isinstance(wanted, Amount) or not wanted.is_overlay or wanted.clauses:
        return False
    if isinstance(given, Amount):
        return covers(replace(given, is_overlay=True), wanted)
    return False


# -- what can never be met, or never matters ---------------------------------------------------


def proved(stack: Stack, every: list[Spot]) -> Iterator[Finding]:
    """Find what can never be met, and options that can never matter: proved, not guessed."""
    by_address = {spot.address: spot for spot in every}
    for root in every:
        if not _is_root(root):
            continue
        prospect = Prospect(stack, root.address, root.node)
        pools = {pool.address: pool for pool in pools_of(prospect.written)}
        failed = {found.address: found for found in prospect.impossible()}
        for address, found in failed.items():
            yield from _unsatisfiable(by_address[address], found, pools.get(address), prospect)
        for address, pool in pools.items():
            yield from _excluded(by_address[address], pool, prospect)
            if address not in failed:
                yield from _too_small(by_address[address], pool, prospect)


def _is_root(spot: Spot) -> bool:
    """Return whether ``spot`` is looked at alone: nothing outside of it bears on it."""
    if isinstance(spot.node, NoneOf | Limit | LearnerIs):
        return False
    return spot.scope[0] is spot


def _unsatisfiable(
    spot: Spot, found: Impossible, pool: Pool | None, prospect: Prospect
) -> Iterator[Finding]:
    if any(repeated(spot)):
        return  # Said already, in plainer words.
    if found.most is None:
        yield _excluding(spot, found)
        return
    singles = _singles(spot)
    lost = [
        single
        for single, atom in zip(singles, pool.atoms if pool and singles else (), strict=True)
        if pool is not None and not prospect.serves(pool, atom)
    ]
    if found.need == len(singles) and lost:
        for at in lost:
            yield at.finding(ERROR, "unsatisfiable", "declared", key=_key(at))
        return
    most, need, unit = found.most, found.need, found.unit
    yield spot.finding(ERROR, "unsatisfiable", "reach", most=most, need=need, unit=unit)


def _excluding(spot: Spot, found: Impossible) -> Finding:
    if found.ruled_out:
        keys = ", ".join(found.ruled_out)
        return spot.finding(ERROR, "unsatisfiable", "ruled-out", keys=keys)
    why = "together" if isinstance(spot.node, Group) else "clauses"
    return spot.finding(ERROR, "unsatisfiable", why)


def _singles(spot: Spot) -> list[Spot]:
    """Return the single achievements that ``spot`` asks for: itself, or its parts."""
    if isinstance(spot.node, Single):
        return [spot]
    parts = spot.node.parts if isinstance(spot.node, Group) else ()
    return [_at(spot, part, child_address(spot.address, part)) for part in parts]


def _key(spot: Spot) -> str:
    return spot.node.achievement if isinstance(spot.node, Single) else ""


def _excluded(spot: Spot, pool: Pool, prospect: Prospect) -> Iterator[Finding]:
    """Yield the options of a choice that what is declared of them keeps out."""
    served = [prospect.serves(pool, atom) for atom in pool.atoms]
    is_choice = isinstance(spot.node, Amount) or pool.need < len(pool.atoms)
    for index, (atom, serves) in enumerate(zip(pool.atoms, served, strict=True)):
        if atom.achievement is not None and not serves and any(served) and is_choice:
            yield _option(spot, index, "declared", atom.achievement)


def _option(spot: Spot, index: int, why: str, key: str) -> Finding:
    if isinstance(spot.node, Group):
        part = spot.node.parts[index]
        spot, step = _at(spot, part, child_address(spot.address, part)), ""
    else:
        step = f"/of/{index}"
    return spot.finding(WARNING, "dead-option", why, step=step, key=key)


def _too_small(spot: Spot, pool: Pool, prospect: Prospect) -> Iterator[Finding]:
    """Yield the options without which no sum is ever too small: what else there is decides."""
    if pool.unit != "credits" or not prospect.is_closed(pool) or _is_bound(spot):
        return
    definitions = spot.stack.definitions
    keys = [atom.achievement or "" for atom in pool.atoms]
    texts = [definitions.achievements[key] for key in keys]
    if definitions.orders_facts or any(text.quantum is not None for text in texts):
        return
    worth = {
        index: text.credits
        for index, (text, atom) in enumerate(zip(texts, pool.atoms, strict=True))
        if prospect.serves(pool, atom)
    }
    if len(worth) > MOST_OPTIONS:
        return
    for index, own in worth.items():
        sums = _sums([worth[other] for other in worth if other != index], pool.need)
        if sums is not None and not any(pool.need - own <= total for total in sums):
            yield _option(spot, index, "too-small", keys[index])


def _is_bound(spot: Spot) -> bool:
    """Return whether a clause asks more of what counts than its sum."""
    free = kinds.Filter | kinds.Open | kinds.Grace | kinds.Together
    return any(not isinstance(clause, free) for at in spot.line for clause in at.node.clauses)


def _sums(worth: list[Decimal], below: Decimal) -> set[Decimal] | None:
    """Return all sums below ``below`` that some of ``worth`` add up to; None if too many."""
    found = {Decimal(0)}
    for amount in worth:
        found |= {total + amount for total in found if total + amount < below}
        if len(found) > MOST_SUMS:
            return None
    return found


CHECKS = (repeated, redundant, first_step, dominated, implied)
