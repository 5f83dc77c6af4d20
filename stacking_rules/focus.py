"""A rule narrowed to one way through it: what has to be met so that an address matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.requirements import (
    AllOf,
    Amount,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    parts_of,
)
from stacking_rules.selection import Test
from stacking_rules.stacks import child_address, walk

NOTHING = AllOf(parts=())
_KIND = {Earned: "award", Attested: "attestation"}


def focused(address: str, node: Requirement, target: str) -> Requirement:
    """Return ``node`` (at ``address``) so that it cannot be met without what holds ``target``.

    Of a group that asks for some of its parts, the part on the way and the first others stay;
    of a choice its branch on the way, with its condition. Addresses stay as they are.
    """
    if not f"{target}/".startswith(f"{address.rstrip('/')}/"):
        return node
    if isinstance(node, Choice):
        return _one_branch(address, node, target)
    if not isinstance(node, Group):
        return node
    parts = tuple(focused(child_address(address, p), p, target) for p in node.parts)
    on_way = next((p for p in parts if _leads(child_address(address, p), target)), None)
    if isinstance(node, AllOf) or on_way is None:
        return replace(node, parts=parts)
    others = [part for part in parts if part is not on_way][: max(0, node.needed - 1)]
    kept = tuple(part for part in parts if part is on_way or part in others)
    return _all(node, kept)


def _leads(address: str, target: str) -> bool:
    return f"{target}/".startswith(f"{address}/")


def _all(node: Requirement, parts: tuple[Requirement, ...]) -> Requirement:
    return AllOf(id=node.id, title=node.title, rule=node.rule, clauses=node.clauses, parts=parts)


def _one_branch(address: str, node: Choice, target: str) -> Requirement:
    branch = node.then
    condition: Requirement = looked_at(node.condition)
    if node.otherwise is not None and _leads(child_address(address, node.otherwise), target):
        branch = node.otherwise
        condition = NoneOf(id=node.condition.id, parts=(replace(node.condition, id="not"),))
    return _all(node, (condition, focused(child_address(address, branch), branch, target)))


def looked_at(node: Requirement) -> Requirement:
    """Return ``node`` so that it uses nothing up."""
    if isinstance(node, Amount):
        return replace(node, is_overlay=True)
    if isinstance(node, Group):
        return replace(node, parts=tuple(looked_at(part) for part in node.parts))
    if not isinstance(node, Completed | Earned | Attested):
        return node
    return Amount(
        id=node.id,
        need=Decimal(1),
        unit="items",
        of=(node.achievement,),
        among=(_KIND.get(type(node), "completion"),),
        grade=node.grade if isinstance(node, Completed) else None,
        where=node.where,
        is_overlay=True,
        clauses=node.clauses,
    )


def positive(node: Requirement) -> Requirement:
    """Return ``node`` without what more facts can only break: that is looked at afterwards."""
    kept = tuple(clause for clause in node.clauses if not _is_negative(clause))
    if isinstance(node, NoneOf | Limit):
        return replace(NOTHING, id=node.id)
    if isinstance(node, Group):
        return replace(node, parts=tuple(positive(p) for p in node.parts), clauses=kept)
    if isinstance(node, Choice):
        otherwise = None if node.otherwise is None else positive(node.otherwise)
        return replace(node, then=positive(node.then), otherwise=otherwise, clauses=kept)
    return replace(node, clauses=kept)


def _is_negative(clause: Clause) -> bool:
    return isinstance(clause, kinds.Mean) and clause.over == "attempted"


Goals = list[tuple[Test, bool]]


def learner_goals(node: Requirement) -> tuple[Goals, Goals]:
    """Return which tests the learner has to pass and not, and which had better be so."""
    must: Goals = []
    better: Goals = []
    _sort(node, must, better, want=True)
    return must, better


def _sort(node: Requirement, must: Goals, better: Goals, *, want: bool) -> None:
    if isinstance(node, LearnerIs):
        must.append((node.where, want))
    elif isinstance(node, NoneOf):
        for part in node.parts:
            _sort(part, must, better, want=not want)
    elif isinstance(node, Choice):
        _sort(node.condition, better, better, want=False)
        for branch in parts_of(node)[1:]:
            _sort(branch, better, better, want=want)
    elif isinstance(node, Group):
        is_all = node.needed == len(node.parts)
        for part in node.parts:
            _sort(part, must if is_all else better, better, want=want)


def avoided(node: Requirement) -> frozenset[tuple[str, str]]:
    """Return what is not to be held, by kind of fact and key."""
    found: set[tuple[str, str]] = set()
    for _, below in walk("/", node):
        for part in below.parts if isinstance(below, NoneOf) else ():
            for _, leaf in walk("/", part):
                if isinstance(leaf, Completed | Earned | Attested):
                    found.add((_KIND.get(type(leaf), "completion"), leaf.achievement))
    return frozenset(found)


def branches(root: str, node: Requirement) -> Iterator[Requirement]:
    """Yield ``node`` narrowed to each branch of its choices and each part of its groups."""
    for address, below in walk(root, node):
        is_choice = isinstance(below, Choice)
        if is_choice or (isinstance(below, Group) and below.needed < len(below.parts)):
            for part in parts_of(below):
                if not (isinstance(below, Choice) and part is below.condition):
                    yield focused(root, node, child_address(address, part))
