"""Whether one requirement, or one test, follows from another: claimed only where it is proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import HUNDRED, Grade
from stacking_rules.requirements import (
    Amount,
    Group,
    Limit,
    NoneOf,
    Requirement,
    Single,
    parts_of,
)
from stacking_rules.selection import AllTests, AnyTest, Compare, NotTest, OneOf, Test, in_order
from stacking_rules.thresholds import atom_of

T = TypeVar("T")
ALLOWING = (kinds.Share, kinds.Once, kinds.Grace, kinds.Together, kinds.Carry)
"""Clauses that let something count that would not count without them."""


def bare(node: Requirement) -> Requirement:
    """Return ``node`` without what does not bear on its meaning: ids, titles, labels."""
    plain = replace(node, id="", title="", rule=(), clauses=tuple(map(_bare, node.clauses)))
    if isinstance(plain, Group | NoneOf):
        return replace(plain, parts=tuple(bare(part) for part in plain.parts))
    return plain


def _bare(clause: Clause) -> Clause:
    return replace(clause, id="", rule=())


def covers(given: Requirement, wanted: Requirement) -> bool:
    """Return whether what counts for ``given`` always meets ``wanted`` in its place.

    Both are taken to stand side by side, so that what is above them holds for both.
    """
    if _is_other(given, wanted):
        return False
    if bare(given) == bare(wanted):
        return True
    if _speak_of_others(given) or not _clauses_follow(given, wanted):
        return False
    if isinstance(given, Group) or isinstance(wanted, Group):
        return _group_covers(given, wanted)
    if isinstance(wanted, Single):
        return isinstance(given, Single) and _single_covers(given, wanted)
    if isinstance(given, Amount) and isinstance(wanted, Amount):
        return _amount_covers(given, wanted)
    if isinstance(given, Single) and isinstance(wanted, Amount):
        return _is_option(given, wanted)
    return _excludes(given, wanted)


def _is_other(given: Requirement, wanted: Requirement) -> bool:
    if isinstance(given, Single) and isinstance(wanted, Single):
        return given.achievement != wanted.achievement
    return False


def _speak_of_others(node: Requirement) -> bool:
    return any(isinstance(c, ALLOWING) for c in node.clauses) or any(
        _speak_of_others(part) for part in parts_of(node)
    )


def _clauses_follow(given: Requirement, wanted: Requirement) -> bool:
    """Return whether every clause of ``wanted`` is one of ``given`` that holds for less, too."""
    ours = [_bare(clause) for clause in given.clauses]
    return all(
        isinstance(clause, kinds.Filter | kinds.Open) and _bare(clause) in ours
        for clause in wanted.clauses
    )


def _group_covers(given: Requirement, wanted: Requirement) -> bool:
    """Compare two groups (anything else is a group of one) by matching their parts one to one.

    Of the parts of ``given`` that are met, at most those without a partner are lost.
    """
    ours, needed = (given.parts, given.needed) if isinstance(given, Group) else ((given,), 1)
    theirs, asked = (wanted.parts, wanted.needed) if isinstance(wanted, Group) else ((wanted,), 1)
    if asked == 1:
        paired = sum(any(covers(part, other) for other in theirs) for part in ours)
    else:
        paired = matched(ours, theirs, covers)
    return needed - (len(ours) - paired) >= asked


def matched(ours: Sequence[T], theirs: Sequence[T], fits: Callable[[T, T], bool]) -> int:
    """Return how many of ``ours`` can have a partner among ``theirs``, each its own (Kuhn)."""
    partner: dict[int, int] = {}

    def place(index: int, tried: set[int]) -> bool:
        for other, wanted in enumerate(theirs):
            if other not in tried and fits(ours[index], wanted):
                tried.add(other)
                if other not in partner or place(partner[other], tried):
                    partner[other] = index
                    return True
        return False

    return sum(place(index, set()) for index in range(len(ours)))


def _single_covers(given: Single, wanted: Single) -> bool:
    ours, theirs = atom_of(given), atom_of(wanted)
    if (ours.achievement, ours.kinds) != (theirs.achievement, theirs.kinds):
        return False
    return _grade_follows(ours.grade, theirs.grade) and follows(ours.where, theirs.where)


def _is_option(given: Single, wanted: Amount) -> bool:
    """Return whether the single ``given`` is as many items as ``wanted`` asks for."""
    ours = atom_of(given)
    if wanted.unit != "items" or wanted.need > 1 or wanted.is_overlay:
        return False
    is_listed = (not wanted.of or ours.achievement in wanted.of) and ours.kinds[0] in wanted.among
    return (
        is_listed and _grade_follows(ours.grade, wanted.grade) and follows(ours.where, wanted.where)
    )


def _amount_covers(given: Amount, wanted: Amount) -> bool:
    if (given.unit, given.scale, given.factors, given.is_overlay) != (
        wanted.unit,
        wanted.scale,
        wanted.factors,
        wanted.is_overlay,
    ):
        return False
    is_wider = not wanted.of or (bool(given.of) and set(given.of) <= set(wanted.of))
    return (
        wanted.need <= given.need
        and is_wider
        and set(given.among) <= set(wanted.among)
        and _grade_follows(given.grade, wanted.grade)
        and follows(given.where, wanted.where)
    )


def _grade_follows(given: Grade | None, wanted: Grade | None) -> bool:
    if wanted is None:
        return True
    return given is not None and given.scale == wanted.scale and given.value >= wanted.value


def _excludes(given: Requirement, wanted: Requirement) -> bool:
    """Compare what forbids: the wider exclusion covers the narrower one."""
    if isinstance(given, NoneOf) and isinstance(wanted, NoneOf):
        return all(any(covers(part, ours) for ours in given.parts) for part in wanted.parts)
    if isinstance(given, Limit) and isinstance(wanted, Limit):
        is_wider = not given.of or (bool(wanted.of) and set(wanted.of) <= set(given.of))
        is_same = given.unit == wanted.unit and given.unit != "points"
        return (
            is_same
            and is_wider
            and given.most <= wanted.most
            and follows(wanted.where, given.where)
        )
    return False


# -- tests -----------------------------------------------------------------------------------


def follows(given: Test | None, wanted: Test | None) -> bool:
    """Return whether every fact that passes ``given`` passes ``wanted`` (None: all facts pass)."""
    if wanted is None or given == wanted:
        return True
    if given is None:
        return False
    if isinstance(wanted, AllTests):
        return all(follows(given, part) for part in wanted.tests)
    if isinstance(given, AnyTest):
        return all(follows(part, wanted) for part in given.tests)
    if isinstance(given, AllTests) and any(follows(part, wanted) for part in given.tests):
        return True
    if isinstance(wanted, AnyTest):
        return any(follows(given, part) for part in wanted.tests)
    return _simply_follows(given, wanted)


def _simply_follows(given: Test, wanted: Test) -> bool:
    match given, wanted:
        case NotTest(ours), NotTest(theirs):
            is_of_values = isinstance(ours, OneOf) and isinstance(theirs, OneOf)
            return is_of_values and follows(theirs, ours)
        case OneOf(name, values), OneOf(other, allowed):
            return name == other and set(values) <= set(allowed)
        case OneOf(name, values), Compare(other) if name == other and name != "level":
            is_plain = wanted.scale == HUNDRED and name != "grade"
            return is_plain and all(_reaches(value, wanted) for value in values)
        case Compare(name, operator, _, scale), Compare(other) if name == other:
            is_alike = scale == wanted.scale and _direction(operator) == _direction(wanted.operator)
            return is_alike and _is_stricter(given, wanted)
    return False


def _direction(operator: str) -> bool:
    return operator in ("at_least", "above")


def _reaches(value: object, wanted: Compare) -> bool:
    limit = wanted.value
    if isinstance(value, Decimal) and isinstance(limit, Decimal):
        return in_order(wanted.operator, (value > limit) - (value < limit))
    if isinstance(value, str) and isinstance(limit, str):
        return in_order(wanted.operator, (value > limit) - (value < limit))
    return False


def _is_stricter(given: Compare, wanted: Compare) -> bool:
    """Return whether the bound of ``given`` is as strict as that of ``wanted``, or stricter."""
    if given.value == wanted.value:
        return given.operator == wanted.operator or given.operator in ("above", "below")
    return _reaches(given.value, wanted)
