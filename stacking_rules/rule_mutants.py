"""Small changes of a rule, and whether examples notice them: a mutation score of examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from stacking_rules.clause_changes import changed_clauses
from stacking_rules.definitions import Definitions
from stacking_rules.evaluate import meets
from stacking_rules.facts import Grade, LearnerRecord
from stacking_rules.focus import NOTHING
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Choice,
    Completed,
    Group,
    Leaf,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
)
from stacking_rules.rule_changes import Change, said, step_of
from stacking_rules.rule_edits import edited, with_clause
from stacking_rules.stacks import Stack, clause_address
from stacking_rules.where_changes import changed_tests, grades_beside

Asked = tuple[LearnerRecord, date, datetime]
"""A learner, the day for which is asked, and the instant up to which facts are known."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one small ``change``."""

    change: Change
    stack: Stack


@dataclass(frozen=True, slots=True)
class MutationScore:
    """How many changes were tried, and those that no example noticed."""

    tried: int
    survivors: tuple[Change, ...]

    @property
    def noticed(self) -> int:
        """How many changes some example noticed."""
        return self.tried - len(self.survivors)


def rule_mutation_score(stack: Stack, examples: Iterable[Asked]) -> MutationScore:
    """Return which small changes of ``stack`` change for an example whether it is met.

    A change that leaves the rule the same for everybody cannot be noticed: it survives, too.
    """
    known = [(asked, _is_met(stack, asked)) for asked in examples]
    tried, survivors = 0, []
    for mutant in mutants(stack):
        tried += 1
        if not any(_is_met(mutant.stack, asked) is not before for asked, before in known):
            survivors.append(mutant.change)
    return MutationScore(tried, tuple(survivors))


def _is_met(stack: Stack, asked: Asked) -> bool:
    record, as_of, known_on = asked
    return meets(stack, record, as_of=as_of, known_on=known_on)


def mutants(stack: Stack) -> Iterator[Mutant]:
    """Yield ``stack`` with one small change each, in the order of its addresses."""
    is_alone = sum(isinstance(node, Leaf) for _, node in stack.walk()) == 1
    for address, node in stack.walk():
        for kind, before, after, other in _changed(node, stack.definitions):
            if kind == "use" and is_alone:
                continue  # Nothing else could use the items.
            yield Mutant(Change(address, kind, before, after), _with(stack, address, other))
        for clause in node.clauses:
            at = clause_address(address, clause)
            for kind, before, after, others in changed_clauses(clause, stack.definitions):
                edit = with_clause(clause, *others)
                yield Mutant(Change(at, kind, before, after), edited(stack, address, edit))


def _with(stack: Stack, address: str, other: Requirement) -> Stack:
    return edited(stack, address, lambda _: other)


Changed = tuple[str, str, str, Requirement]
"""(kind of change, what was, what is, the changed requirement)."""


def _changed(node: Requirement, definitions: Definitions) -> Iterator[Changed]:
    match node:
        case Amount():
            yield from _amounts(node)
        case Group():
            yield from _groups(node)
        case NoneOf(parts=parts):
            yield from (_part_gone(node, part) for part in parts)
        case Limit(most=most, unit=unit):
            yield from _steps(node, "most", most, step_of(unit))
        case LearnerIs():
            yield "gone", "", "", replace(NOTHING, id=node.id)
        case Choice(then=then, otherwise=otherwise):
            other = otherwise or replace(NOTHING, id="else")
            yield "swapped", "", "", replace(node, then=other, otherwise=then)
    yield from _tests(node, definitions)


def _steps(node: Requirement, name: str, value: Any, step: Any) -> Iterator[Changed]:
    for other in (value + step, value - step):
        if other >= 0:
            values = {name: other}
            yield name, said(value), said(other), replace(node, **values)


def _amounts(node: Amount) -> Iterator[Changed]:
    yield from _steps(node, "need", node.need, step_of(node.unit))
    use = ("overlay", "consume") if node.is_overlay else ("consume", "overlay")
    yield "use", *use, replace(node, is_overlay=not node.is_overlay)
    for key in node.of if len(node.of) > 1 else ():
        yield "option", key, "", replace(node, of=tuple(k for k in node.of if k != key))


def _groups(node: Group) -> Iterator[Changed]:
    for count in (node.needed + 1, node.needed - 1):
        if 0 <= count <= len(node.parts):
            yield "count", said(node.needed), said(count), _at_least(node, count)
    if len(node.parts) > 1:
        yield from (_part_gone(node, part) for part in node.parts)


def _at_least(node: Group, count: int) -> Requirement:
    kept = {"id": node.id, "title": node.title, "clauses": node.clauses, "parts": node.parts}
    if count == len(node.parts):
        return AllOf(**kept)  # type: ignore[arg-type]
    return AnyOf(**kept) if count == 1 else AtLeast(**kept, count=count)  # type: ignore[arg-type]


def _part_gone(node: Group | NoneOf, part: Requirement) -> Changed:
    rest: tuple[Requirement, ...] = tuple(other for other in node.parts if other is not part)
    return "part", part.id, "", replace(node, parts=rest)


def _tests(node: Requirement, definitions: Definitions) -> Iterator[Changed]:
    """Yield changes of what facts (or the learner) have to pass."""
    where = getattr(node, "where", None)
    values: dict[str, Any]
    if where is not None:
        for before, after, test in changed_tests(where, definitions):
            values = {"where": test}
            yield "where", before, after, replace(node, **values)
        if not isinstance(node, LearnerIs):
            values = {"where": None}
            yield "where", "", "", replace(node, **values)
    grade = getattr(node, "grade", None)
    if isinstance(grade, Grade) and isinstance(node, Amount | Completed):
        for other in grades_beside(grade, definitions):
            yield "grade", _name(grade), _name(other), replace(node, grade=other)
        yield "grade", _name(grade), "", replace(node, grade=None)


def _name(grade: Grade) -> str:
    return grade.text or said(grade.value)
