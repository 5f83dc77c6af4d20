"""Instances of allocation whose answer is known: a random assignment is planted.

20 held items each fit 1 to 4 of 8 groups; each is assigned to one of them at random, and the sums
are the demands, so that nothing may be wasted. In every second instance one demand is raised by
the smallest step: then more is needed than is held, and the answer is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Literal

from stacking_rules.facts import Completion
from stacking_rules.thresholds import Atom, Gate, Pool

ITEMS, GROUPS = 20, 8
Unit = Literal["items", "credits"]
Held = dict[tuple[bool, str], Completion]


@dataclass(frozen=True, slots=True)
class Instance:
    """A gate over all groups, what fits each of them, and whether it can be met."""

    gate: Gate
    candidates: dict[str, Held]
    is_possible: bool


def plant(seed: int, unit: Unit) -> Instance:
    """Return instance number ``seed``: credits are 1 to 5 in halves, or every item is one."""
    random = Random(seed)  # noqa: S311  -- instances that can be drawn again, no secret
    facts = [_fact(index, random) for index in range(ITEMS)]
    fits = [random.sample(range(GROUPS), random.randint(1, 4)) for _ in facts]
    needs = [Decimal(0)] * GROUPS
    for fact, where in zip(facts, fits, strict=True):
        needs[random.choice(where)] += fact.credits if unit == "credits" else 1
    if seed % 2:
        needs[random.randrange(GROUPS)] += Decimal("0.5") if unit == "credits" else 1
    candidates: dict[str, Held] = {
        f"/{group}": {
            (False, fact.achievement): fact
            for fact, where in zip(facts, fits, strict=True)
            if group in where
        }
        for group in range(GROUPS)
    }
    pools = tuple(
        Pool(address, need, unit, tuple(Atom(key) for _, key in candidates[address]))
        for address, need in zip(candidates, needs, strict=True)
    )
    return Instance(Gate("/", GROUPS, pools), candidates, is_possible=not seed % 2)


def _fact(index: int, random: Random) -> Completion:
    return Completion(
        id=f"c{index}",
        achievement=f"a{index}",
        completed_on=date(2026, 1, 1 + index),
        recorded_at=datetime(2026, 2, 1, tzinfo=UTC),
        credits=Decimal(random.randint(2, 10)) / 2,
    )
