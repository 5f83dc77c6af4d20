"""Instances of allocation whose answer is known: a random assignment is planted.

20 held items each fit 1 to 4 of 8 groups, unless other numbers are asked for; each is assigned to
one of them at random, and the sums are the demands, so that nothing may be wasted. In every second
instance one demand is raised by the smallest step: then more is needed than is held, and the
answer is no.

"bound" adds to credits: a cap on transferred credits in half of the groups, a mean grade over
everything that counts, and two groups that may share items up to a budget; limits and target are
those of the planted assignment, so that it keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Literal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Completion, Grade
from stacking_rules.held import Fit, Held
from stacking_rules.selection import Asked, OneOf
from stacking_rules.thresholds import Atom, Gate, Pool

ITEMS, GROUPS = 20, 8
Unit = Literal["items", "credits", "bound"]
TRANSFERRED = OneOf("transferred", (True,))
HELD = Held(Asked(date(2026, 6, 30)), {}, {})


@dataclass(frozen=True, slots=True)
class Instance:
    """A gate over all groups, what fits each of them, and whether it can be met.

    The answer is None where it is not planted: a raised demand of a "bound" instance may be
    filled by sharing.
    """

    gate: Gate
    candidates: dict[str, tuple[Fit, ...]]
    is_possible: bool | None


def plant(seed: int, unit: Unit, *, items: int = ITEMS, groups: int = GROUPS) -> Instance:
    """Return instance number ``seed``: credits are 1 to 5 in halves, or every item is one."""
    random = Random(seed)  # noqa: S311  -- instances that can be drawn again, no secret
    facts = [_fact(index, random) for index in range(items)]
    fits = [random.sample(range(groups), random.randint(1, 4)) for _ in facts]
    chosen = [random.choice(where) for where in fits]
    worth = [Decimal(1) if unit == "items" else fact.credits for fact in facts]
    needs = [
        sum((w for w, c in zip(worth, chosen, strict=True) if c == group), Decimal(0))
        for group in range(groups)
    ]
    if seed % 2:
        needs[random.randrange(groups)] += Decimal(1) if unit == "items" else Decimal("0.5")
    candidates = {
        f"/{group}": tuple(
            Fit(("completion", fact.achievement), fact, amount)
            for fact, where, amount in zip(facts, fits, worth, strict=True)
            if group in where
        )
        for group in range(groups)
    }
    caps = _caps(facts, chosen, groups) if unit == "bound" else {}
    pools = tuple(
        Pool(
            address,
            need,
            "items" if unit == "items" else "credits",
            tuple(Atom(fit.fact.achievement) for fit in candidates[address]),
            clauses=caps.get(address, ()),
        )
        for address, need in zip(candidates, needs, strict=True)
    )
    over_all = _over_all(facts, groups, random) if unit == "bound" else ()
    is_possible = None if unit == "bound" and seed % 2 else not seed % 2
    return Instance(Gate("/", groups, pools, over_all), candidates, is_possible)


def _caps(
    facts: list[Completion], chosen: list[int], groups: int
) -> dict[str, tuple[tuple[str, Clause], ...]]:
    found: dict[str, tuple[tuple[str, Clause], ...]] = {}
    for group in range(0, groups, 2):
        inside = [
            fact.credits
            for fact, where in zip(facts, chosen, strict=True)
            if where == group and fact.values("transferred") == (True,)
        ]
        limit = sum(inside, Decimal(0))
        cap = kinds.Cap(id="cap", limit=limit, unit="credits", where=TRANSFERRED)
        found[f"/{group}"] = ((f"/{group}/cap", cap),)
    return found


def _over_all(
    facts: list[Completion], groups: int, random: Random
) -> tuple[tuple[str, Clause], ...]:
    """Return the mean that everything held has (rounded down to halves), and a share budget."""
    grades = [Fraction(fact.grade.value) for fact in facts if fact.grade is not None]
    weights = [Fraction(fact.credits) for fact in facts]
    mean = sum(w * g for w, g in zip(weights, grades, strict=True)) / sum(weights)
    target = Decimal(int(mean * 2)) / 2
    first, second = random.sample(range(groups), 2)
    budget = kinds.Share(id="share", first=f"/{first}", second=f"/{second}", items=Decimal(1))
    return (
        ("/mean", kinds.Mean(id="mean", target=target, scale="0-100")),
        ("/share", budget),
    )


def _fact(index: int, random: Random) -> Completion:
    return Completion(
        id=f"c{index}",
        achievement=f"a{index}",
        completed_on=date(2026, 1, 1) + timedelta(days=index),
        recorded_at=datetime(2026, 2, 1, tzinfo=UTC),
        credits=Decimal(random.randint(2, 10)) / 2,
        grade=Grade(Decimal(random.randint(40, 100))),
        attributes=(("transferred", (random.random() < 0.4,)),),
    )
