"""Stacks to formulas that hold for everyone who meets them, and where they say no more than that.

Clauses only keep things from counting, so that the thresholds without them are a bound: whoever
is below it does not meet the stack. Where no clause binds and nothing is counted twice, the bound
is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from stacking_rules.clauses import Carry
from stacking_rules.cohort.competing import MOST_CHOICES, place, ways
from stacking_rules.cohort.conditions import Condition
from stacking_rules.cohort.formulas import ALWAYS, Bounded, Clash, Count, Formula, Item, Sum, held
from stacking_rules.definitions import Definitions
from stacking_rules.rollup import in_award_order
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import (
    Atom,
    Compiled,
    Gate,
    Pool,
    Threshold,
    compile_stack,
    pools_of,
    settle,
)

WorthOf = Callable[[Sequence[Item]], Decimal | None]
"""The credits that everything held of some items is worth, None where they differ."""


def bound(stacks: Sequence[Stack], worth_of: WorthOf) -> list[Bounded]:
    """Return the formulas of ``stacks`` in the order of their awards.

    ``CircularStackError`` if awards need each other.
    """
    ordered = in_award_order(stacks)
    keys = [stack.key for stack in ordered]
    banks = any(stack.consume == "bank" for stack in stacks)
    found: dict[str, Bounded] = {}
    below: dict[str, frozenset[str] | None] = {}
    for stack in ordered:
        if keys.count(stack.key) > 1:
            found[stack.key] = Bounded(stack.key, ALWAYS, is_exact=False)
            below[stack.key] = None
            continue
        one = _bound(stack, worth_of)
        below[stack.key] = _below(stack, below)
        is_apart = not banks and _stands_on_exact(stack, found) and _count_apart(stack, below)
        found[stack.key] = replace(
            one, is_exact=one.is_exact and is_apart, is_divided=one.is_divided and is_apart
        )
    return list(found.values())


def _bound(stack: Stack, worth_of: WorthOf) -> Bounded:
    compiled = compile_stack(stack)
    found = Bounded(
        stack.key,
        ALWAYS,
        is_exact=False,
        follows=stack.issue != "on-application",
        asks_holders=stack.renewal is not None,
        is_kept=stack.lasts is None,
    )
    if _goes_by_other_names(stack, compiled):
        return found
    hopes = {address: None for address, _ in compiled.given}
    root = settle(compiled.root, hopes, hope=True)
    formula, is_exact = place(root, sum_of, worth_of, is_plain=compiled.is_plain)
    is_usual = compiled.is_plain and not compiled.given and stack.repeats == "best"
    is_usual = is_usual and not stack.definitions.splits
    is_usual = is_usual and all(_is_counted(pool) for pool in pools_of(root))
    if found.asks_holders:
        formula = Count(1, (formula, held(stack.key)))
    return replace(
        found,
        formula=formula,
        is_exact=is_exact and is_usual,
        clashes=tuple(dict.fromkeys(_clashes(root))),
        is_divided=is_usual and not is_exact and ways(root) <= MOST_CHOICES,
    )


def _goes_by_other_names(stack: Stack, compiled: Compiled) -> bool:
    """Return whether what is asked about may go by other names, or count several times."""
    said = stack.definitions
    if not said.orders_facts:
        return False
    touched = _renamed(said)
    return compiled.names is None or any(key in touched for _, key in compiled.names)


def _renamed(said: Definitions) -> set[str]:
    same = {key for entry in said.equivalent for key in entry.keys}
    accepted = {key for entry in said.accepted for key in (entry.given, entry.wanted)}
    return same | accepted | {k for k, text in said.achievements.items() if text.repeatable > 1}


def sum_of(pools: Sequence[Pool]) -> Formula:
    """Return that what fits any of ``pools`` (of one unit) is as much as they need together."""
    if not all(_is_counted(pool) for pool in pools):
        return ALWAYS
    asks: dict[tuple[Item, Condition], None] = {}
    awards: dict[str, None] = {}
    for atom in (atom for pool in pools for atom in pool.atoms):
        for kind in atom.kinds:
            if kind == "award" and atom.achievement is not None:
                awards[atom.achievement] = None
            else:
                asks[(kind, atom.achievement), condition_of(atom, kind)] = None
    need = sum((pool.need for pool in pools), Decimal(0))
    return Sum(need, pools[0].unit == "credits", tuple(asks), tuple(awards))


def condition_of(atom: Atom, kind: str) -> Condition:
    """Return what ``atom`` asks of facts of ``kind``: only completions have grades."""
    return Condition(atom.grade if kind == "completion" else None, atom.where)


def _is_counted(pool: Pool) -> bool:
    """Return whether what counts in ``pool`` can be added up from columns."""
    if pool.unit == "points" or not pool.must_be_valid or pool.grace is not None:
        return False
    if any(isinstance(clause, Carry) for _, clause in pool.clauses):
        return False
    return all(_is_simple(atom, pool.unit) for atom in pool.atoms)


def _is_simple(atom: Atom, unit: str) -> bool:
    if atom.factor != 1:
        return False
    if "award" not in atom.kinds:
        return True
    return unit == "items" and atom.where is None and atom.achievement is not None


# -- what is needed together -----------------------------------------------------------------


def together(node: Threshold) -> Iterator[tuple[Pool, Pool]]:
    """Yield pairs of pools that one way of meeting ``node`` may need both."""
    if isinstance(node, Gate):
        for part in node.parts:
            yield from together(part)
        if node.need > 1:
            parts = [pools_of(part) for part in node.parts]
            for index, ours in enumerate(parts):
                for theirs in parts[index + 1 :]:
                    yield from product(ours, theirs)


def _clashes(root: Threshold) -> Iterator[Clash]:
    """Yield what is looked at in an overlay and asked about elsewhere, under other conditions."""
    for one, other in together(root):
        if not (one.is_overlay or other.is_overlay):
            continue
        ours, theirs = _asked(one), _asked(other)
        for kind, key in ours.keys() | theirs.keys():
            firsts = ours.get((kind, key), ()) or ours.get((kind, None), ())
            seconds = theirs.get((kind, key), ()) or theirs.get((kind, None), ())
            for first, second in product(firsts, seconds):
                if first != second:
                    yield Clash((kind, key), first, second)


def _asked(pool: Pool) -> Mapping[Item, list[Condition]]:
    found: dict[Item, list[Condition]] = {}
    for atom in pool.atoms:
        for kind in atom.kinds:
            found.setdefault((kind, atom.achievement), []).append(condition_of(atom, kind))
    return found


# -- awards below awards ---------------------------------------------------------------------


def _stands_on_exact(stack: Stack, found: Mapping[str, Bounded]) -> bool:
    """Return whether the awards that ``stack`` needs are known as soon as their rules are."""
    compiled = compile_stack(stack)
    atoms = (atom for pool in pools_of(compiled.root) for atom in pool.atoms)
    if any(atom.achievement is None and "award" in atom.kinds for atom in atoms):
        return False
    return all(
        found[key].is_exact and found[key].is_kept for key in stack.needed_awards() if key in found
    )


def _below(stack: Stack, below: Mapping[str, frozenset[str] | None]) -> frozenset[str] | None:
    """Return the achievements that may count for the award; None where that may be any."""
    names = compile_stack(stack).names
    if names is None:
        return None
    found = frozenset(key for _, key in names)
    for key in stack.needed_awards():
        if key in below:
            more = below[key]
            if more is None:
                return None
            found |= more
    return found


def _count_apart(stack: Stack, below: Mapping[str, frozenset[str] | None]) -> bool:
    """Return whether awards that are needed together never count the same achievement."""
    root = compile_stack(stack).root
    for one, other in _awards_together(root):
        ours = below.get(one, frozenset({one}))
        theirs = below.get(other, frozenset({other}))
        if one != other and (ours is None or theirs is None or ours & theirs):
            return False
    return True


def _awards_together(root: Threshold) -> Iterator[tuple[str, str]]:
    for pool in pools_of(root):
        keys = list(_awards(pool))
        if pool.need > 1:
            yield from product(keys, keys)
    for one, other in together(root):
        yield from product(_awards(one), _awards(other))


def _awards(pool: Pool) -> Iterator[str]:
    for atom in pool.atoms:
        if "award" in atom.kinds and atom.achievement is not None:
            yield atom.achievement
