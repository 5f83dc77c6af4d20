"""The cheapest way is the cheapest, whoever finds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import pytest

from stacking_rules import Completion, LearnerRecord, Option, Stack, Status, cheapest, evaluate
from tests.rules.helpers import TODAY, done, stack

WHEN: dict[str, Any] = {"as_of": TODAY, "known_on": datetime(2026, 12, 31, tzinfo=UTC)}
RULE = {
    "all": [
        {"id": "core", "credits": 6, "of": ["a", "b", "c", "d"]},
        {"id": "more", "credits": 5, "of": ["c", "d", "e", "f"]},
    ],
    "of_which": [{"mean": 60}],
}


def catalogues(count: int) -> Iterator[tuple[Stack, LearnerRecord, list[Option]]]:
    """Yield a rule, one learner after the other who holds too little, and what is offered."""
    award = stack(RULE)
    for seed in range(count):
        random = Random(seed)
        facts = [
            done(key, random.randint(50, 75), credits=Decimal(random.randint(3, 9)) / 2)
            for key in "abcdef"
        ]
        random.shuffle(facts)
        options = [Option(fact, Decimal(random.randint(1, 9)) / 4) for fact in facts[2:]]
        yield award, LearnerRecord(tuple(facts[:2])), options


def least_by_trying(award: Stack, record: LearnerRecord, options: list[Option]) -> Decimal | None:
    """Return the least cost of any set of options that leads to the award."""
    costs = []
    for count in range(len(options) + 1):
        for some in combinations(options, count):
            taken: tuple[Completion, ...] = tuple(option.completion for option in some)
            facts = replace(record, completions=(*record.completions, *taken))
            if evaluate(award, facts, **WHEN).status is Status.MET:
                costs.append(sum((option.cost for option in some), Decimal(0)))
    return min(costs, default=None)


def test_nothing_is_cheaper_than_the_cheapest_way() -> None:
    lengths = set()
    for award, record, options in catalogues(40):
        plans = cheapest(award, record, options, **WHEN)
        least = least_by_trying(award, record, options)
        assert plans.is_proved
        assert {way.cost for way in plans.ways} == (set() if least is None else {least})
        lengths.add(len(plans.ways))
    assert {0, 1} < lengths


def test_a_solver_finds_the_same_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    highs = pytest.importorskip("stacking_rules.backends.highs")
    expected = [cheapest(*case, **WHEN) for case in catalogues(40)]
    monkeypatch.setattr(sys.modules["stacking_rules.cheapest"], "DECISIONS", 0)
    for case, plans in zip(catalogues(40), expected, strict=True):
        found = cheapest(*case, **WHEN, solver=highs.decide)
        assert found.is_proved
        assert {way.cost for way in found.ways} == {way.cost for way in plans.ways}
        if len(plans.ways) < 5:
            assert set(found.ways) == set(plans.ways)


def test_a_way_that_something_else_in_the_catalogue_opens_is_no_way() -> None:
    # With both taken the condition is met and nothing more is asked; without "c" it is not.
    award = stack({"all": ["a", {"if": "c", "then": "a", "else": "b"}]})
    options = [Option(done(key), Decimal(1)) for key in ("a", "c")]
    plans = cheapest(award, LearnerRecord(), options, **WHEN)
    assert not plans.is_proved
    for way in plans.ways:
        assert "c@2026-01-15" in way.take


def test_what_more_of_it_might_undo_is_not_said_to_lead_nowhere() -> None:
    award = stack({"all": ["a", {"none": ["b"]}]})
    options = [Option(done(key), Decimal(1)) for key in ("a", "b")]
    assert not cheapest(award, LearnerRecord(), options, **WHEN).is_proved
