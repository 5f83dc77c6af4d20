"""Exceptions applied: a waived requirement, a changed limit, a changed value of a fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from stacking_rules.clauses import Clause
from stacking_rules.facts import Award, Completion, Fact, Grade, LearnerRecord, Waiver
from stacking_rules.requirements import (
    Amount,
    AtLeast,
    Choice,
    Group,
    Limit,
    NoneOf,
    Requirement,
    Waived,
)
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address, clause_address


def active(
    record: LearnerRecord, stack: Stack, as_of: date, known_on: datetime
) -> tuple[Waiver, ...]:
    """Return the exceptions that hold for ``stack`` on that day, as far as they were known."""
    return tuple(
        waiver
        for waiver in record.waivers
        if waiver.stack == stack.key
        and waiver.granted_on <= as_of
        and (waiver.until is None or as_of < waiver.until)
        and waiver.recorded_at <= known_on
    )


def with_waivers(stack: Stack, waivers: Iterable[Waiver]) -> Stack:
    """Return ``stack`` with its requirements as the exceptions leave them."""
    changing = [w for w in waivers if w.kind in ("waive", "change-limit")]
    if not changing:
        return stack
    changed = replace(stack, requires=_changed(stack.requires, ROOT, changing))
    if stack.renewal is not None:
        tree = _changed(stack.renewal.requires, RENEWAL, changing)
        changed = replace(changed, renewal=replace(stack.renewal, requires=tree))
    return changed


def _changed(node: Requirement, address: str, waivers: list[Waiver]) -> Requirement:
    for waiver in waivers:
        if waiver.at == address and waiver.kind == "waive":
            return Waived(
                id=node.id, title=node.title, rule=node.rule, waived=node, waiver=waiver.id
            )
        if waiver.at == address and isinstance(waiver.value, Decimal):
            node = _with_limit(node, waiver.value)
    clauses = []
    for clause in node.clauses:
        at = clause_address(address, clause)
        here = [waiver for waiver in waivers if waiver.at == at]
        if any(waiver.kind == "waive" for waiver in here):
            continue
        limits = [waiver.value for waiver in here if isinstance(waiver.value, Decimal)]
        clauses.append(_clause_with_limit(clause, limits[-1]) if limits else clause)
    node = replace(node, clauses=tuple(clauses))
    return _with_parts(node, address, waivers)


def _with_parts(node: Requirement, address: str, waivers: list[Waiver]) -> Requirement:
    def below(part: Requirement) -> Requirement:
        return _changed(part, child_address(address, part), waivers)

    if isinstance(node, Group | NoneOf):
        return replace(node, parts=tuple(below(part) for part in node.parts))
    if isinstance(node, Choice):
        otherwise = None if node.otherwise is None else below(node.otherwise)
        return replace(node, then=below(node.then), otherwise=otherwise)
    return node


def _with_limit(node: Requirement, value: Decimal) -> Requirement:
    if isinstance(node, Amount):
        return replace(node, need=value)
    if isinstance(node, Limit):
        return replace(node, most=value)
    if isinstance(node, Group):
        common = {"id": node.id, "title": node.title, "rule": node.rule, "clauses": node.clauses}
        count = min(int(value), len(node.parts))
        return AtLeast(**common, count=count, parts=node.parts)  # type: ignore[arg-type]
    return node


_LIMITS = ("need", "limit", "target", "count", "times", "share")


def _clause_with_limit(clause: Clause, value: Decimal) -> Clause:
    for name in _LIMITS:
        known = getattr(clause, name, None)
        if isinstance(known, int):
            return replace(clause, **{name: int(value)})  # type: ignore[arg-type]
        if isinstance(known, Decimal | Fraction):
            return replace(clause, **{name: type(known)(value)})  # type: ignore[arg-type]
    return clause


def with_values(facts: Iterable[Fact], waivers: Iterable[Waiver]) -> tuple[Fact, ...]:
    """Return ``facts`` with the values that exceptions change for this stack."""
    changes = [waiver for waiver in waivers if waiver.kind == "change-value"]
    return tuple(_with_values(fact, changes) for fact in facts)


def _with_values(fact: Fact, changes: list[Waiver]) -> Fact:
    for waiver in changes:
        if fact.id == waiver.fact:
            fact = _with_value(fact, waiver)
    return fact


def _with_value(fact: Fact, waiver: Waiver) -> Fact:
    value, name = waiver.value, waiver.field
    if value is None:
        return fact
    if name == "credits" and isinstance(value, Decimal) and isinstance(fact, Completion | Award):
        return replace(fact, credits=value)
    if name == "grade" and isinstance(value, Decimal) and isinstance(fact, Completion):
        scale = fact.grade.scale if fact.grade is not None else "0-100"
        return replace(fact, grade=Grade(value, scale))
    if name in ("valid_until", "started", "on") and isinstance(value, str):
        return _with_day(fact, name, value)
    rest = tuple(pair for pair in fact.attributes if pair[0] != name)
    return replace(fact, attributes=((name, (value,)), *rest))


def _with_day(fact: Fact, name: str, value: str) -> Fact:
    day = date.fromisoformat(value)
    if name == "valid_until":
        return replace(fact, valid_until=day)
    if not isinstance(fact, Completion):
        return fact
    return replace(fact, started_on=day) if name == "started" else replace(fact, completed_on=day)
