"""Progress in words: message keys with values, one per requirement, to be translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.progress import ClauseProgress, Progress, Status
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Waived,
)

Value = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be said: its key, and the values that go into it.

    Keys are ``KIND.STATUS``: kind is completed, earned, attested, credits, items, points, all,
    any, none, at-least, limit, learner, choice or waived, or "clause." and the kind of a clause;
    status as in ``Status``; "completed.graded.*" asks for a grade. Values are keys and amounts,
    never words of a language.
    """

    key: str
    values: Mapping[str, Value]


def explain(progress: Progress) -> dict[str, Message]:
    """Return the message of every requirement, by address, parents first."""
    found = {}
    for node in progress.walk():
        found[node.address] = _message(node)
        found |= {clause.address: _clause(clause) for clause in node.clauses}
    return found


def _clause(clause: ClauseProgress) -> Message:
    values: dict[str, Value] = {"have": clause.have, "need": clause.need, "unit": clause.unit}
    name = type(clause.clause).__name__.lower()
    return Message(f"clause.{name}.{clause.status.value}", values)


def _message(node: Progress) -> Message:
    values: dict[str, Value] = {
        "have": node.have,
        "need": node.need,
        "missing": node.need - node.have,
        **_subject(node),
    }
    return Message(f"{_kind(node)}.{node.status.value}", values)


def _kind(node: Progress) -> str:
    requirement = node.requirement
    if isinstance(requirement, Completed):
        return "completed" if requirement.grade is None else "completed.graded"
    if isinstance(requirement, Amount):
        return requirement.unit
    names = {
        Earned: "earned",
        Attested: "attested",
        AllOf: "all",
        AnyOf: "any",
        NoneOf: "none",
        Limit: "limit",
        LearnerIs: "learner",
        Choice: "choice",
        Waived: "waived",
    }
    return names.get(type(requirement), "at-least")


def _subject(node: Progress) -> dict[str, Value]:
    requirement = node.requirement
    values: dict[str, Value] = {"title": requirement.title}
    if isinstance(requirement, Completed | Earned | Attested):
        values["achievement"] = requirement.achievement
    if isinstance(requirement, Completed | Amount) and requirement.grade is not None:
        values["grade"] = requirement.grade.value
        values["scale"] = requirement.grade.scale
    if isinstance(requirement, Group | NoneOf):
        unknown = sum(child.status is Status.UNKNOWN for child in node.children)
        values |= {"parts": len(requirement.parts), "unknown": unknown}
    return values
