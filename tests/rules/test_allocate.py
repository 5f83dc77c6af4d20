"""Pools of unequal credits: the placement against trying every one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from random import Random

import pytest

from stacking_rules.allocate import allocate
from stacking_rules.facts import Completion
from stacking_rules.held import Fit, Held
from stacking_rules.plain import is_met
from stacking_rules.selection import Asked
from stacking_rules.thresholds import Atom, Gate, Pool

RECORDED = datetime(2026, 1, 2, tzinfo=UTC)


HELD = Held(Asked(date(2026, 6, 30)), {}, {})
Candidates = dict[str, tuple[Fit, ...]]


def fit_of(fact: Completion) -> Fit:
    return Fit(("completion", fact.achievement), fact, fact.credits)


def instance(seed: int) -> tuple[Gate, Candidates]:
    """A gate over three pools, and held items that fit one to three of them; needs are tight."""
    random = Random(seed)
    held = [
        Completion(f"c{i}", f"a{i}", date(2026, 1, 1), RECORDED, Decimal(random.randint(2, 10)) / 2)
        for i in range(6)
    ]
    fits = [random.sample(range(3), random.randint(1, 3)) for _ in held]
    needs = [Decimal(0)] * 3
    for fact, where in zip(held, fits, strict=True):
        needs[random.choice(where)] += fact.credits
    needs[random.randrange(3)] += Decimal(seed % 2) / 2
    candidates = {
        f"/{p}": tuple(fit_of(f) for f, where in zip(held, fits, strict=True) if p in where)
        for p in range(3)
    }
    pools = tuple(
        Pool(f"/{p}", needs[p], "credits", tuple(Atom(fit.item[1]) for fit in candidates[f"/{p}"]))
        for p in range(3)
    )
    return Gate("/", random.choice((2, 3, 3)), pools), candidates


def is_possible(gate: Gate, candidates: Candidates) -> bool:
    items = sorted({fit.item for fits in candidates.values() for fit in fits})
    for places in product((None, "/0", "/1", "/2"), repeat=len(items)):
        chosen = dict(zip(items, places, strict=True))
        placed = {
            address: tuple(fit for fit in fits if chosen[fit.item] == address)
            for address, fits in candidates.items()
        }
        if is_met(gate, placed):
            return True
    return False


@pytest.mark.parametrize("seed", range(60))
def test_the_answer_is_that_of_trying_everything(seed: int) -> None:
    gate, candidates = instance(seed)
    found = allocate(gate, candidates, HELD, is_plain=True)
    assert found.is_possible is is_possible(gate, candidates)
    assert is_met(gate, found.placed) is found.is_possible
    counted = [fit.item for fits in found.placed.values() for fit in fits]
    assert len(counted) == len(set(counted))


def test_both_answers_occur() -> None:
    assert {is_possible(*instance(seed)) for seed in range(60)} == {True, False}


def plain_instance(seed: int, unit: str) -> tuple[Gate, Candidates]:
    """All of two or three pools, some of which may compete; some items end, all dates differ."""
    random = Random(seed)
    facts = []
    for i in range(6):
        until = date(2027, 1, 1 + random.randint(0, 3)) if random.random() < 0.5 else None
        on, worth = date(2026, 1, 1 + random.randint(0, 27)), Decimal(random.randint(1, 4))
        fact = Completion(f"c{i}", f"a{i}", on, RECORDED, worth, valid_until=until)
        facts.append(fact)
    candidates: Candidates = {}
    for address in ("/0", "/1", "/2")[: random.randint(2, 3)]:
        chosen = random.sample(facts, random.randint(1, 4))
        amounts = {f.id: Decimal(1) if unit == "items" else f.credits for f in chosen}
        candidates[address] = tuple(
            Fit(("completion", f.achievement), f, amounts[f.id])
            for f in sorted(chosen, key=lambda fact: (fact.on, fact.id))
        )
    pools = tuple(
        Pool(address, Decimal(random.randint(1, 3)), unit, tuple(Atom(f.item[1]) for f in fits))
        for address, fits in candidates.items()
    )
    return Gate("/", len(pools), pools), candidates


@pytest.mark.parametrize("unit", ["items", "credits"])
def test_ties_are_decided_the_same_way_with_and_without_a_search(unit: str) -> None:
    possible = 0
    for seed in range(400):
        gate, candidates = plain_instance(seed, unit)
        plain = allocate(gate, candidates, HELD, is_plain=True)
        searched = allocate(gate, candidates, HELD, is_plain=False)
        assert plain.is_possible is searched.is_possible
        if plain.is_possible:
            possible += 1
            assert {at: set(fits) for at, fits in plain.placed.items()} == {
                at: set(fits) for at, fits in searched.placed.items()
            }
    assert 100 < possible < 400
