"""Progress in words: message keys with values, one per requirement, to be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from stacking_rules.progress import ClauseProgress, Progress, Status
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
    Waived,
)

Value = str | int | Decimal
Values = dict[str, Value]


class Message(NamedTuple):
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
    found: dict[str, Message] = {}
    _explain(progress, found)
    return found


def _explain(node: Progress, found: dict[str, Message]) -> None:
    """Add what is to be said of ``node`` and all below it; of a kept one it is said once."""
    kept = node.kept
    if kept:
        found.update(kept)
        return
    here = found if kept is None else {}
    here[node.address] = _message(node)
    for clause in node.clauses:
        here[clause.address] = _clause(clause)
    for child in node.children:
        _explain(child, here)
    if kept is not None:
        kept.update(here)
        found.update(here)


def _clause(clause: ClauseProgress) -> Message:
    values: dict[str, Value] = {"have": clause.have, "need": clause.need, "unit": clause.unit}
    name = type(clause.clause).__name__.lower()
    return Message(f"clause.{name}.{clause.status}", values)


def _message(node: Progress) -> Message:
    requirement = node.requirement
    kind, add_subject = _KINDS[type(requirement)]
    values: Values = {
        "have": node.have,
        "need": node.need,
        "missing": node.need - node.have,
        "title": requirement.title,
    }
    add_subject(node, requirement, values)
    if kind == "amount":
        kind = node.unit
    elif "grade" in values:
        kind = f"{kind}.graded"
    return Message(f"{kind}.{node.status}", values)


def _named(_node: Progress, asked: Earned | Attested, values: Values) -> None:
    values["achievement"] = asked.achievement


def _completed(node: Progress, asked: Completed, values: Values) -> None:
    values["achievement"] = asked.achievement
    _graded(node, asked, values)


def _graded(_node: Progress, asked: Completed | Amount, values: Values) -> None:
    if asked.grade is not None:
        values["grade"], values["scale"] = asked.grade.value, asked.grade.scale


def _grouped(node: Progress, asked: Group | NoneOf, values: Values) -> None:
    values["parts"] = len(asked.parts)
    values["unknown"] = [child.status for child in node.children].count(Status.UNKNOWN)


def _nothing_more(_node: Progress, _asked: Requirement, _values: Values) -> None:
    pass


_KINDS: dict[type[Requirement], tuple[str, Callable[..., None]]] = {
    Completed: ("completed", _completed),
    Earned: ("earned", _named),
    Attested: ("attested", _named),
    Amount: ("amount", _graded),
    AllOf: ("all", _grouped),
    AnyOf: ("any", _grouped),
    AtLeast: ("at-least", _grouped),
    NoneOf: ("none", _grouped),
    Limit: ("limit", _nothing_more),
    LearnerIs: ("learner", _nothing_more),
    Choice: ("choice", _nothing_more),
    Waived: ("waived", _nothing_more),
}
"""What is said of a kind of requirement, and the values that go into it."""
