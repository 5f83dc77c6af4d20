"""A stack as sums over facts and counts over sums: the form that is computed for a whole cohort."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.cohort.conditions import ANY, Condition

Item = tuple[str, str | None]
"""(kind of fact, achievement), None for every achievement."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Items that pass one of their conditions add up to ``need``; ``awards`` are one each.

    ``asks`` are (item, condition) pairs. Items are worth one, or with ``in_credits`` their
    credits. An award counts if it is held or follows.
    """

    need: Decimal
    in_credits: bool
    asks: tuple[tuple[Item, Condition], ...]
    awards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """At least ``need`` of ``parts`` hold; nothing is needed of ``Count(0, ())``."""

    need: int
    parts: tuple[Formula, ...] = ()


Formula = Sum | Count
ALWAYS = Count(0)


def held(key: str) -> Sum:
    """Return that the award ``key`` is held."""
    return Sum(Decimal(1), in_credits=False, asks=((("award", key), ANY),))


@dataclass(frozen=True, slots=True)
class Clash:
    """An item that is asked about twice at once: one attempt has to pass both, or it is open."""

    item: Item
    first: Condition
    second: Condition


@dataclass(frozen=True, slots=True)
class Bounded:
    """A stack by a formula that holds for everyone who meets it.

    With ``is_exact`` everyone for whom it holds meets the stack, too, unless something about the
    learner is in doubt or one of the ``clashes`` is there. ``follows``: who meets it has its
    award at once, good for larger stacks.
    """

    key: str
    formula: Formula
    is_exact: bool
    clashes: tuple[Clash, ...] = ()
    follows: bool = True
    asks_holders: bool = False
    """Whether who holds its award is measured by another rule."""
    is_kept: bool = True
    """Whether its award does not end."""
    is_divided: bool = False
    """Whether the formula says all but how items that differ in credits are divided."""
