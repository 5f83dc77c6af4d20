"""Pools of unequal credits: the placement against trying every one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from random import Random

import pytest

from stacking_rules.allocate import allocate, is_met
from stacking_rules.facts import Completion
from stacking_rules.thresholds import Atom, Gate, Pool

RECORDED = datetime(2026, 1, 2, tzinfo=UTC)


def instance(seed: int) -> tuple[Gate, dict[str, dict[tuple[bool, str], Completion]]]:
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
        f"/{p}": {
            (False, f.achievement): f for f, where in zip(held, fits, strict=True) if p in where
        }
        for p in range(3)
    }
    pools = tuple(
        Pool(f"/{p}", needs[p], "credits", tuple(Atom(key) for _, key in candidates[f"/{p}"]))
        for p in range(3)
    )
    return Gate("/", random.choice((2, 3, 3)), pools), candidates


def is_possible(gate: Gate, candidates: dict[str, dict[tuple[bool, str], Completion]]) -> bool:
    items = sorted({item for fitting in candidates.values() for item in fitting})
    for places in product((None, "/0", "/1", "/2"), repeat=len(items)):
        placed = {
            address: tuple(
                i
                for i, where in zip(items, places, strict=True)
                if where == address and i in fitting
            )
            for address, fitting in candidates.items()
        }
        if is_met(gate, placed, candidates):
            return True
    return False


@pytest.mark.parametrize("seed", range(60))
def test_the_answer_is_that_of_trying_everything(seed: int) -> None:
    gate, candidates = instance(seed)
    found = allocate(gate, candidates)
    assert found.is_decided
    assert is_met(gate, found.placed, candidates) == is_possible(gate, candidates)
    counted = [item for items in found.placed.values() for item in items]
    assert len(counted) == len(set(counted))


def test_both_answers_occur() -> None:
    assert {is_possible(*instance(seed)) for seed in range(60)} == {True, False}
