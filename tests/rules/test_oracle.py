"""Exactness: the engine against a second, independent decision on thousands of random cases."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest

from stacking_rules import evaluate, parse_record, parse_stack
from tests.rules.random_rules import AS_OF, FEATURES, Draw
from tests.rules.test_answers import PROVED

oracle = pytest.importorskip("tests.rules.oracle", reason="OR-tools is in the extra 'test'")

CASES, SHARDS = 5_700, 30
KNOWN_ON = datetime.combine(AS_OF, time.max, UTC)


def decided(seed: int) -> tuple[Draw, str, str]:
    """Return a case, what the engine says of it and what the second decision says."""
    case = Draw(seed)
    exact = json.loads(json.dumps(case.record), parse_float=Decimal)
    stack = parse_stack(case.stack)
    record = parse_record(exact, stack.definitions)
    found = evaluate(stack, record, as_of=AS_OF, known_on=KNOWN_ON)
    return case, found.status.value, oracle.decide(stack, record, AS_OF)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_engine_agrees_with_the_second_decision(shard: int) -> None:
    answers: Counter[str] = Counter()
    for seed in range(shard, CASES, SHARDS):
        case, ours, theirs = decided(seed)
        answers[ours] += 1
        assert PROVED.get(seed, theirs) == theirs, seed
        assert ours in (theirs, "not-decided"), (seed, ours, theirs, case.stack, case.record)
    sys.stdout.write(f"shard {shard}: {dict(answers)}\n")
    total = sum(answers.values())
    assert answers["not-decided"] <= total / 100
    assert answers["met"] >= total / 5
    assert answers["not-met"] >= total / 5


def test_every_feature_is_in_a_hundred_cases() -> None:
    used: Counter[str] = Counter()
    for seed in range(CASES):
        used.update(Draw(seed).features)
    sys.stdout.write(f"{dict(used)}\n")
    assert {feature: used[feature] for feature in FEATURES if used[feature] < 100} == {}
