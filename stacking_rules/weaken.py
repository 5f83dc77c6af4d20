"""For one address of a rule: the rule that asks a little less there, and is met just so.

Who meets the weaker rule and not the rule misses it at that address, by the smallest step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.focus import NOTHING, focused, looked_at
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Completed,
    Earned,
    Group,
    Leaf,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
)
from stacking_rules.rule_changes import Change, said, step_of
from stacking_rules.rule_edits import edited_below, with_clause, with_clauses_instead
from stacking_rules.selection import Compare, NotTest
from stacking_rules.stacks import clause_address, walk
from stacking_rules.weaken_clauses import broken, edge_of
from stacking_rules.weaken_days import Shift, shifted


@dataclass(frozen=True, slots=True)
class Weaker:
    """A rule that asks less: ``change`` says where and what.

    Facts that count at ``scope`` have other days, by ``shift``; it is asked on ``as_of``, where
    that is not the day of all others.
    """

    change: Change
    rule: Requirement
    scope: str = ""
    shift: Shift | None = None
    as_of: date | None = None
    is_shared: bool = False


def weaker(root: str, node: Requirement, address: str, as_of: date) -> Iterator[Weaker]:
    """Yield weaker rules than ``node`` (at ``root``), the smallest change at ``address`` first."""
    for here, found in walk(root, node):
        if here == address:
            narrow = focused(root, node, here)
            for kind, before, after, other in _at_node(_node_at(root, narrow, here) or found):
                rule = edited_below(root, narrow, here, lambda _, other=other: other)  # type: ignore[misc]
                if rule is not None:
                    yield Weaker(Change(address, kind, before, after), rule)
        for clause in found.clauses:
            if clause_address(here, clause) == address:
                narrow = focused(root, node, here)
                yield from _at_clause(root, narrow, here, clause, as_of)


def without_clause(root: str, node: Requirement, address: str) -> Requirement | None:
    """Return ``node`` (at ``root``) without what stands at ``address``, but for what is below."""
    for here, found in walk(root, node):
        if here == address:
            return edited_below(root, node, here, _emptied)
        for clause in found.clauses:
            if clause_address(here, clause) == address:
                return edited_below(root, node, here, with_clause(clause))
    return None


def _emptied(node: Requirement) -> Requirement:
    if isinstance(node, Amount):
        return replace(node, need=Decimal(0))
    return replace(NOTHING, id=node.id)


# -- requirements ----------------------------------------------------------------------------

Instead = tuple[str, str, str, Requirement]
"""(kind of change, what was, what is, the requirement instead)."""


def _at_node(node: Requirement) -> Iterator[Instead]:
    match node:
        case Amount(need=need, unit=unit):
            less = max(Decimal(0), need - step_of(unit))
            yield "need", said(need), said(less), replace(node, need=less)
            yield from _other_facts(node)
        case Group():
            yield from _fewer_parts(node)
        case Limit() | NoneOf() | LearnerIs():
            yield _opposite(node)
        case Completed() | Earned() | Attested():
            yield "part", node.achievement, "", replace(NOTHING, id=node.id)
            yield from _other_facts(node)


def _opposite(node: Limit | NoneOf | LearnerIs) -> Instead:
    """Return a requirement that is met by whoever breaks ``node``, by the smallest step."""
    if isinstance(node, LearnerIs):
        return "learner", "", "", replace(node, where=NotTest(node.where))
    if isinstance(node, NoneOf):
        parts = tuple(looked_at(part) for part in node.parts)
        return "none", "", "", AnyOf(id=node.id, parts=parts)
    more = node.most + step_of(node.unit)
    held = Amount(
        id=node.id, need=more, unit=node.unit, of=node.of, where=node.where, is_overlay=True
    )
    return "most", said(node.most), said(more), held


def _fewer_parts(node: Group) -> Iterator[Instead]:
    if not isinstance(node, AllOf):
        less = max(0, node.needed - 1)
        few = AtLeast(id=node.id, clauses=node.clauses, parts=node.parts, count=less)
        yield "count", said(node.needed), said(less), few
        return
    for part in node.parts:
        rest = tuple(other for other in node.parts if other is not part)
        yield "part", part.id, "", replace(node, parts=rest)
        for kind, before, after, changed in _other_facts(part):
            parts = tuple(changed if other is part else other for other in node.parts)
            yield kind, f"{part.id} {before}".strip(), after, replace(node, parts=parts)


def _other_facts(node: Requirement) -> Iterator[Instead]:
    """Yield ``node`` met by what its test or its grade keeps out."""
    if not isinstance(node, Leaf):
        return
    if node.where is not None:
        edge = edge_of(NotTest(node.where))
        yield "where", "", "", replace(node, where=None, clauses=(*node.clauses, edge))
    if isinstance(node, Amount | Completed) and node.grade is not None:
        grade = node.grade
        edge = edge_of(NotTest(Compare("grade", "at_least", grade.value, grade.scale)))
        before = grade.text or said(grade.value)
        yield "grade", before, "", replace(node, grade=None, clauses=(*node.clauses, edge))


# -- clauses ---------------------------------------------------------------------------------


def _at_clause(
    root: str, narrow: Requirement, here: str, clause: Clause, as_of: date
) -> Iterator[Weaker]:
    address = clause_address(here, clause)
    for kind, before, after, others in broken(clause, _need_at(root, narrow, here)):
        rule = edited_below(root, narrow, here, with_clause(clause, *others))
        if rule is not None:
            is_shared = isinstance(clause, kinds.Once)
            yield Weaker(Change(address, kind, before, after), rule, is_shared=is_shared)
    for kind, others, shift, day in shifted(clause, as_of):
        without = {type(clause), *((kinds.Grace,) if isinstance(clause, kinds.Together) else ())}
        rule = edited_below(root, narrow, here, with_clauses_instead(without, others))
        if rule is not None:
            yield Weaker(Change(address, kind), rule, here, shift, day)


def _node_at(root: str, node: Requirement, address: str) -> Requirement | None:
    return next((found for at, found in walk(root, node) if at == address), None)


def _need_at(root: str, node: Requirement, address: str) -> tuple[Decimal, str]:
    found = _node_at(root, node, address)
    return (found.need, found.unit) if isinstance(found, Amount) else (Decimal(0), "")
