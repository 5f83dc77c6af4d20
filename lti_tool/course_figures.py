"""Figures about a course and one stack: pure functions over what is known of its learners.

Groups below ten people are not told, nor what could be computed from the rest of a larger group:
a figure is None there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median, quantiles

from stacking_rules import Amount, Attested, Completed, Earned, Group, Requirement, Stack

SMALLEST_GROUP = 10
WAITS = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))
"""Classes of days to an award: from, to (None: no end)."""


@dataclass(frozen=True, slots=True)
class Person:
    """What the figures know of one learner; ``missing`` and ``counted`` are achievement keys.

    ``first_on`` is the day of the first thing completed that the stack asks for, ``latest_on``
    that of the latest that counts, ``awarded_on`` that of the award if it is held.
    """

    have: Decimal
    need: Decimal
    steps: int
    missing: tuple[str, ...]
    counted: tuple[str, ...]
    first_on: date | None
    latest_on: date | None
    awarded_on: date | None


class Stage(StrEnum):
    """How far through a stack; whoever is at one stage is at those before it."""

    IN_COURSE = "in-course"
    BEGUN = "begun"
    HALF = "half"
    ONE_STEP = "one-step"
    HELD = "held"


def told(value: int, of: int) -> int | None:
    """Return ``value``, people out of ``of``, unless they or the others are too few to tell."""
    others = of - value
    if 0 < value < SMALLEST_GROUP or 0 < others < SMALLEST_GROUP:
        return None
    return value


def funnel(people: Sequence[Person]) -> list[tuple[Stage, int | None]]:
    """Return how many reached each stage; None for what must not be told of so few."""
    total = len(people)
    if total < SMALLEST_GROUP:
        return [(stage, None) for stage in Stage]
    reached = {stage: sum(_has_reached(one, stage) for one in people) for stage in Stage}
    found: list[tuple[Stage, int | None]] = []
    before = total
    for stage in Stage:
        value = told(reached[stage], before)
        found.append((stage, value))
        before = before if value is None else value
    return found


def _has_reached(person: Person, stage: Stage) -> bool:
    is_held = person.awarded_on is not None
    if stage is Stage.IN_COURSE or is_held:
        return True
    if stage is Stage.BEGUN:
        return person.have > 0 or bool(person.counted)
    if stage is Stage.HALF:
        return (person.need > 0 and person.have * 2 >= person.need) or person.steps == 1
    return stage is Stage.ONE_STEP and person.steps <= 1 and bool(person.counted)


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What keeps people: ``people`` of ``of`` lack it, for ``days`` (median) since they moved.

    ``weight`` is share times days: the larger, the more time is lost here.
    """

    key: str
    people: int
    of: int
    days: int
    weight: Decimal


def bottlenecks(people: Iterable[Person], today: date) -> list[Bottleneck]:
    """Return what those lack who have begun and do not hold the award, the heaviest first."""
    begun = [one for one in people if one.awarded_on is None and one.counted and one.latest_on]
    moved: dict[str, list[int]] = {}
    for one in begun:
        days = (today - one.latest_on).days if one.latest_on else 0
        for key in one.missing:
            moved.setdefault(key, []).append(max(days, 0))
    found = []
    for key, waited in moved.items():
        if told(len(waited), len(begun)) is None or len(waited) < SMALLEST_GROUP:
            continue
        middle = int(median(waited))
        weight = Decimal(len(waited)) / len(begun) * middle
        found.append(Bottleneck(key, len(waited), len(begun), middle, weight.quantize(Decimal(1))))
    return sorted(found, key=lambda one: (-one.weight, one.key))


@dataclass(frozen=True, slots=True)
class Waits:
    """Days from the first thing completed to the award, of ``people`` who hold it.

    ``classes`` are (from, to, people or None) as ``WAITS`` has them.
    """

    people: int
    quick: int
    middle: int
    slow: int
    classes: tuple[tuple[int, int | None, int | None], ...]


def waits(people: Iterable[Person]) -> Waits | None:
    """Return how long awards took: quarters and classes; None for fewer than ten of them."""
    days = [
        max((one.awarded_on - one.first_on).days, 0)
        for one in people
        if one.awarded_on is not None and one.first_on is not None
    ]
    if len(days) < SMALLEST_GROUP:
        return None
    quick, middle, slow = (int(value) for value in quantiles(days, n=4, method="inclusive"))
    classes = tuple(
        (first, last, told(sum(_is_in(one, first, last) for one in days), len(days)))
        for first, last in WAITS
    )
    return Waits(len(days), quick, middle, slow, classes)


def _is_in(days: int, first: int, last: int | None) -> bool:
    return days >= first and (last is None or days <= last)


@dataclass(frozen=True, slots=True)
class OptionShare:
    """Of a choice in a stack: which achievements could count, and for how many each did."""

    node: Requirement
    of: int
    options: tuple[tuple[tuple[str, ...], int | None], ...]


def option_shares(stack: Stack, people: Iterable[Person]) -> list[OptionShare]:
    """Return for each choice in a stack what those took who hold the award.

    An option is one achievement, or all that a part of a group names. A choice that fewer than
    ten people made is left out.
    """
    holders = [set(one.counted) for one in people if one.awarded_on is not None]
    if len(holders) < SMALLEST_GROUP:
        return []
    found = []
    for _, node in stack.walk():
        options = _options(node)
        if len(options) > 1:
            taken = Counter(keys for keys in options for held in holders if held.intersection(keys))
            shares = tuple((keys, told(taken[keys], len(holders))) for keys in options)
            found.append(OptionShare(node, len(holders), shares))
    return found


def _options(node: Requirement) -> list[tuple[str, ...]]:
    if isinstance(node, Group) and node.needed < len(node.parts):
        return [keys for part in node.parts if (keys := tuple(_named(part)))]
    if isinstance(node, Amount):
        return [(key,) for key in node.of]
    return []


def _named(node: Requirement) -> Iterator[str]:
    if isinstance(node, Completed | Earned | Attested):
        yield node.achievement
    elif isinstance(node, Amount):
        yield from node.of
    elif isinstance(node, Group):
        for part in node.parts:
            yield from _named(part)
