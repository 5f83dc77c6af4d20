"""Tests that a learner can pass at will, and those that may be in each other's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from stacking_rules import clauses as kinds
from stacking_rules.could_hold import left_open
from stacking_rules.impossible import Prospect
from stacking_rules.requirements import Amount, Completed
from stacking_rules.selection import (
    AllTests,
    AnyTest,
    Compare,
    Known,
    NotTest,
    OneOf,
    Recent,
    Test,
)
from stacking_rules.stacks import RENEWAL
from stacking_rules.thresholds import pools_of

LIMITS = (kinds.Most, kinds.Cap, kinds.Same)
"""Clauses whose tests are better not passed."""
Leaf = OneOf | Compare | Recent | Known


@dataclass(frozen=True, slots=True)
class Wish:
    """At the address ``at`` it is best to pass ``leaf``, or (not ``passed``) not to pass it."""

    at: str
    leaf: Leaf
    passed: bool


def conflicting(prospect: Prospect) -> Iterator[str]:
    """Yield addresses of tests that one learner may be unable to pass (or to avoid) all at once.

    What a document declares is decided. All else a learner can choose, name by name, as long as
    the tests on that name want the same.
    """
    by_name: dict[str, list[Wish]] = defaultdict(list)
    for wish in _wishes(prospect):
        by_name["on" if wish.leaf.name == "started" else wish.leaf.name].append(wish)
    for name, wishes in by_name.items():
        if not _go_together(wishes) or (name == "on" and _is_dated(prospect, wishes)):
            yield wishes[-1].at


def _is_dated(prospect: Prospect, wishes: list[Wish]) -> bool:
    """Return whether fixed days are asked for where something is open on some days only."""
    clauses = [clause for _, _, clause in prospect.stack.clauses()]
    has_open = any(isinstance(clause, kinds.Open | kinds.After) for clause in clauses)
    return has_open and any(isinstance(wish.leaf, Compare) for wish in wishes)


def _go_together(wishes: list[Wish]) -> bool:
    leaves = {wish.leaf for wish in wishes}
    directions = {wish.passed for wish in wishes}
    if len(directions) > 1:
        return False
    if len(leaves) == 1:
        return True
    is_avoided = directions == {False}
    if is_avoided and all(isinstance(leaf, OneOf) for leaf in leaves):
        return True
    if all(isinstance(leaf, Recent) and leaf.anchor.source == "asked" for leaf in leaves):
        return True
    bounds = {(leaf.operator, leaf.scale) for leaf in leaves if isinstance(leaf, Compare)}
    is_alike = len({scale for _, scale in bounds}) == 1 and all(
        isinstance(leaf, Compare) and not isinstance(leaf.value, str) for leaf in leaves
    )
    return is_alike and {operator for operator, _ in bounds} <= {"at_least", "above"}


def _wishes(prospect: Prospect) -> Iterator[Wish]:
    for address, test, passed in _tests(prospect):
        yield from (
            wish
            for wish in _leaves(address, test, passed=passed)
            if not _is_decided(wish.leaf, prospect)
        )


def _tests(prospect: Prospect) -> Iterator[tuple[str, Test, bool]]:
    for address, node in prospect.stack.walk():
        if address == RENEWAL or address.startswith(f"{RENEWAL}/"):
            return
        where = getattr(node, "where", None)
        if where is not None:
            yield address, where, True
        if isinstance(node, Completed | Amount) and node.grade is not None:
            grade = node.grade
            yield address, Compare("grade", "at_least", grade.value, grade.scale), True
        for clause in node.clauses:
            found = getattr(clause, "where", None)
            if found is not None:
                yield address, found, not _is_limit(clause)
            if isinstance(clause, kinds.Mean):
                yield address, Compare("grade", "at_least", clause.target, clause.scale), True


def _is_limit(clause: kinds.Clause) -> bool:
    return isinstance(clause, LIMITS) or (isinstance(clause, kinds.Portion) and clause.is_most)


def _leaves(address: str, test: Test, *, passed: bool) -> Iterator[Wish]:
    match test:
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from _leaves(address, part, passed=passed)
        case NotTest(inner):
            yield from _leaves(address, inner, passed=not passed)
        case OneOf() | Compare() | Recent() | Known():
            yield Wish(address, test, passed)


def _is_decided(leaf: Leaf, prospect: Prospect) -> bool:
    """Return whether every option declares what ``leaf`` looks at."""
    if left_open(leaf, prospect.stack.definitions) != leaf:
        return False
    held = prospect.held
    facts = [fact for pool in pools_of(prospect.written) for fact in prospect.facts(pool)]
    return all(held.passes(leaf, fact) is not None for fact in facts)
