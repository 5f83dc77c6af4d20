"""The compiled form of a stack: weighted thresholds over atoms.

Every monotone requirement is "the weights of what is satisfied add up to at least a need".
A *pool* is a threshold over atoms (weight one each, or the credits of the fact); a *gate* is a
threshold over other thresholds. A group whose parts are all single achievements becomes one
pool: its parts differ, so n parts met are n different items held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from stacking_rules.facts import Grade
from stacking_rules.requirements import Amount, Completed, Earned, Group, NoneOf, Requirement
from stacking_rules.selection import Test
from stacking_rules.stacks import ROOT, Stack, child_address


@dataclass(frozen=True, slots=True)
class Atom:
    """One question about the record: this achievement, at this grade, or this award, is held.

    Without an ``achievement`` the question is asked of everything that is completed.
    """

    achievement: str | None
    is_award: bool = False
    grade: Grade | None = None
    where: Test | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Atoms whose weights must reach ``need``; ``unit`` is "items" (weight 1) or "credits".

    What counts in an overlay may count in other pools as well.
    """

    address: str
    need: Decimal
    unit: str
    atoms: tuple[Atom, ...]
    is_overlay: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Thresholds of which at least ``need`` must be met."""

    address: str
    need: int
    parts: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A requirement whose answer does not depend on what counts where: it is given beforehand."""

    address: str


Threshold = Pool | Gate | Given


def pools_of(threshold: Threshold) -> Iterator[Pool]:
    """Yield the pools below ``threshold`` in the order of the document."""
    if isinstance(threshold, Pool):
        yield threshold
    elif isinstance(threshold, Gate):
        for part in threshold.parts:
            yield from pools_of(part)


def settle(threshold: Threshold, given: Mapping[str, bool]) -> Threshold:
    """Return ``threshold`` with what is given in its place: a gate of nothing, open or closed."""
    if isinstance(threshold, Given):
        return Gate(threshold.address, 0 if given[threshold.address] else 1, ())
    if isinstance(threshold, Pool) or not given:
        return threshold
    parts = tuple(settle(part, given) for part in threshold.parts)
    return Gate(threshold.address, threshold.need, parts)


@lru_cache(maxsize=4096)
def compile_stack(stack: Stack) -> Threshold:
    """Return the compiled form of ``stack``."""
    return compile_requirement(ROOT, stack.requires)


def atom_of(leaf: Requirement) -> Atom:
    """Return the question that a single-achievement requirement asks."""
    if isinstance(leaf, Completed):
        return Atom(leaf.achievement, grade=leaf.grade, where=leaf.where)
    if isinstance(leaf, Earned):
        return Atom(leaf.achievement, is_award=True)
    raise TypeError(f"{type(leaf).__name__} is not a single achievement")


def compile_requirement(address: str, node: Requirement) -> Threshold:
    """Return the compiled form of the requirement at ``address``."""
    if isinstance(node, NoneOf):
        return Given(address)
    if isinstance(node, Amount):
        keys: tuple[str | None, ...] = node.of or (None,)
        atoms = tuple(Atom(key, grade=node.grade, where=node.where) for key in keys)
        return Pool(address, node.need, node.unit, atoms, node.is_overlay)
    if not isinstance(node, Group):
        return Pool(address, Decimal(1), "items", (atom_of(node),))
    if all(isinstance(part, Completed | Earned) for part in node.parts):
        atoms = tuple(atom_of(part) for part in node.parts)
        return Pool(address, Decimal(node.needed), "items", atoms)
    parts = tuple(compile_requirement(child_address(address, part), part) for part in node.parts)
    return Gate(address, node.needed, parts)
