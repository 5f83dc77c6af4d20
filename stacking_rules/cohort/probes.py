"""The top requirements of a stack, each as a stack of its own: what is met of it, for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from stacking_rules.clauses import Clause
from stacking_rules.facts import LearnerRecord
from stacking_rules.requirements import AllOf, Group, Requirement
from stacking_rules.rule_edits import Edit, edited
from stacking_rules.stacks import ROOT, Stack, child_address, walk


@dataclass(frozen=True, slots=True)
class Part:
    """A requirement at the top of a stack, and the key under which it is asked about alone."""

    address: str
    title: str
    key: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The requirements at the top of a stack, ``need`` of which are to be met."""

    parts: tuple[Part, ...]
    need: int

    @property
    def needs_all(self) -> bool:
        """Whether every one of them is to be met."""
        return self.need >= len(self.parts)


def take_apart(stack: Stack, *, is_issued: bool) -> tuple[Parts, list[Stack]]:
    """Return the top requirements of ``stack``, and the stacks that ask for one each.

    A stack that is not a group has one: itself. What a clause says about another requirement, or
    about the whole, falls away. ``is_issued``: an award for one alone would disturb nothing, and
    is faster to follow.
    """
    root = stack.requires
    if not isinstance(root, Group):
        return Parts((Part(ROOT, root.title, stack.key),), 1), []
    parts, alone = [], []
    for node in root.parts:
        address = child_address(ROOT, node)
        key = f"{stack.key} {address}"  # No key that people choose has a space.
        parts.append(Part(address, node.title, key))
        alone.append(_alone(stack, node, key, is_issued=is_issued))
    return Parts(tuple(parts), root.needed), alone


def _alone(stack: Stack, node: Requirement, key: str, *, is_issued: bool) -> Stack:
    """Return the stack ``key`` that asks for ``node`` alone, at the address that it has."""
    found = replace(
        stack,
        key=key,
        requires=AllOf(id=stack.requires.id, parts=(node,)),
        issue="automatic" if is_issued else "on-application",
        consume="never",
        lasts=None,
        renewal=None,
        levels=(),
        # What the award itself has used up is there for its requirements.
        supersedes=(*stack.supersedes, stack.key),
    )
    known = {address for address, _ in found.walk()}
    for address, below in walk(child_address(ROOT, node), node):
        kept = tuple(clause for clause in below.clauses if _stands(clause, known))
        if kept != below.clauses:
            found = edited(found, address, _with_clauses(kept))
    return found


def _with_clauses(kept: tuple[Clause, ...]) -> Edit:
    return lambda node: replace(node, clauses=kept)


def _stands(clause: Clause, known: set[str]) -> bool:
    """Return whether a clause speaks of nothing but what is there."""
    said = [getattr(clause, name, None) for name in ("of", "first", "second")]
    return all(address in known for address in said if isinstance(address, str))


def with_exceptions(record: LearnerRecord, parts: Mapping[str, Parts]) -> LearnerRecord:
    """Return ``record`` with the exceptions and pins of each stack for its requirements, too.

    ``parts`` are by key of the stack. One that is granted at the whole holds for each of them.
    """
    if not record.waivers and not record.pins:
        return record
    waivers = [
        replace(one, stack=part.key)
        for one in record.waivers
        for part in _touched(parts.get(one.stack), one.at)
    ]
    pins = [
        replace(one, stack=part.key)
        for one in record.pins
        for part in _touched(parts.get(one.stack), one.at)
    ]
    return replace(record, waivers=(*record.waivers, *waivers), pins=(*record.pins, *pins))


def _touched(parts: Parts | None, at: str) -> Iterable[Part]:
    alone: Sequence[Part] = () if parts is None else [p for p in parts.parts if p.address != ROOT]
    return [p for p in alone if at == ROOT or f"{at}/".startswith(f"{p.address}/")]
