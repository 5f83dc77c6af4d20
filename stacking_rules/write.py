"""From a requirement back to plain data: the shortest text that reads as the same."""

from __future__ import annotations

from stacking_rules import clauses as kinds
from stacking_rules.facts import HUNDRED, Grade
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Single,
)
from stacking_rules.stacks import ROOT, child_address
from stacking_rules.write_clauses import write_clauses
from stacking_rules.write_test import Plain, write_number, write_test, write_where

UNITS = ("credits", "points", "items")
BRANCHES = ("if", "then", "else")
"""Steps in the address of what an ``if`` holds, whatever ids it has of its own."""


def write_requirement(node: Requirement, position: str = "", here: str = ROOT) -> object:
    """Return ``node`` as it is written in a document; ``position`` is its place in a list.

    ``here`` is its address. A bare achievement is its key alone; ids that a reader would give
    anyway are left out. Reading what is returned gives an equal requirement, where the scales that
    it names are declared.
    """
    default = position if position in BRANCHES else getattr(node, "achievement", position)
    names: Plain = {} if node.id == default else {"id": node.id}
    names |= {"title": node.title} if node.title else {}
    names |= {"rule": list(node.rule)} if node.rule else {}
    said = _operator(node, here)
    item = said | names if isinstance(node, Single) else names | said
    measures = _measures(node)
    clauses = node.clauses[: len(node.clauses) - len(measures)]
    item |= {measure.unit: write_number(measure.need) for measure in measures}
    write_clauses(item, clauses, here)
    return item["completed"] if item.keys() == {"completed"} else item


def _measures(node: Requirement) -> tuple[kinds.Least, ...]:
    """Return the further measures of an amount: clauses at its end, in the order of UNITS."""
    found: list[kinds.Least] = []
    before = len(UNITS)
    for clause in reversed(node.clauses if isinstance(node, Amount) else ()):
        if not isinstance(clause, kinds.Least) or clause != kinds.Least(
            id=clause.unit, need=clause.need, unit=clause.unit
        ):
            break
        if not UNITS.index(getattr(node, "unit", "")) < UNITS.index(clause.unit) < before:
            break
        before = UNITS.index(clause.unit)
        found.insert(0, clause)
    return tuple(found)


def _operator(node: Requirement, here: str) -> Plain:
    match node:
        case Completed():
            return {"completed": node.achievement, **_graded(node.grade), **write_where(node.where)}
        case Earned():
            return {"award": node.achievement, **write_where(node.where)}
        case Attested():
            return {"attested": node.achievement, **write_where(node.where)}
        case Amount():
            return _amount(node)
        case Group() | NoneOf():
            return _group(node, here)
    return _other(node, here)


def _other(node: Requirement, here: str) -> Plain:
    match node:
        case Limit():
            of: Plain = {"of": list(node.of)} if node.of else {}
            return {
                "at_most": {node.unit: write_number(node.most)},
                **of,
                **write_where(node.where),
            }
        case LearnerIs():
            return {"learner": write_test(node.where)}
        case Choice():
            parts = (node.condition, node.then, node.otherwise)
            return {
                name: write_requirement(part, name, child_address(here, part))
                for name, part in zip(BRANCHES, parts, strict=True)
                if part is not None
            }
    raise TypeError(f"{type(node).__name__} cannot be written")


def _group(node: Group | NoneOf, here: str) -> Plain:
    parts = [
        write_requirement(part, str(i), child_address(here, part))
        for i, part in enumerate(node.parts, 1)
    ]
    if isinstance(node, AtLeast):
        return {"at_least": node.count, "of": parts}
    names = {AllOf: "all", AnyOf: "any", NoneOf: "none"}
    return {names[type(node)]: parts}


def _amount(node: Amount) -> Plain:
    item: Plain = {node.unit: write_number(node.need)}
    if node.of:
        item["of"] = _listed(node)
    if not node.of and node.among != ("completion",):
        known = {"award": "awards", "attestation": "attestations"}
        item["among"] = "all" if len(node.among) > 1 else known[node.among[0]]
    item |= _graded(node.grade) | write_where(node.where)
    if node.is_overlay:
        item["use"] = "overlay"
    if node.factors:
        item["factors"] = {key: write_number(value) for key, value in node.factors}
    if node.unit == "points" and node.scale != HUNDRED:
        item["scale"] = node.scale
    return item


def _listed(node: Amount) -> list[object]:
    """Return the keys with a kind each, so that all kinds are named, in their order.

    Of which kind each key was is not kept: all kinds may count for every key.
    """
    names = {"award": "award", "attestation": "attested"}
    kinds_of = [node.among[min(i, len(node.among) - 1)] for i in range(len(node.of))]
    return [
        {names[kind]: key} if kind in names else key
        for key, kind in zip(node.of, kinds_of, strict=True)
    ]


def _graded(grade: Grade | None) -> Plain:
    if grade is None:
        return {}
    scale: Plain = {} if grade.scale == HUNDRED else {"scale": grade.scale}
    return {"grade": grade.text or write_number(grade.value), **scale}
