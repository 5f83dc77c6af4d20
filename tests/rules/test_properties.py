"""What holds for every rule: order, repetition, more evidence, the day a change is foretold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest

from stacking_rules import (
    Completion,
    LearnerRecord,
    Stack,
    Status,
    certify,
    evaluate,
    next_change,
    parse_record,
    parse_stack,
    roll_up,
    verify_receipt,
)
from tests.rules.random_rules import AS_OF, Draw

WHEN = {"as_of": AS_OF, "known_on": datetime.combine(AS_OF, time.max, UTC)}
SHARDS, SMALL_SHARDS = range(8), range(48)
FALLING = {"none", "limit", "mean", "repeats", "choice"}
"""Features by which something further can undo what was met."""


def drawn(seeds: range) -> list[tuple[Draw, Stack, LearnerRecord]]:
    cases = []
    for seed in seeds:
        case = Draw(seed)
        stack = parse_stack(case.stack)
        plain = json.loads(json.dumps(case.record), parse_float=Decimal)
        cases.append((case, stack, parse_record(plain, stack.definitions)))
    return cases


def status(stack: Stack, record: LearnerRecord) -> Status:
    return evaluate(stack, record, **WHEN).status  # type: ignore[arg-type]


@pytest.mark.parametrize("shard", SMALL_SHARDS)
def test_order_and_repetition_change_nothing(shard: int) -> None:
    for _, stack, record in drawn(range(shard, 480, 48)):
        mixed = list(record.completions)
        Random(shard).shuffle(mixed)
        other = replace(record, completions=tuple(mixed))
        first = evaluate(stack, record, **WHEN)  # type: ignore[arg-type]
        assert first == evaluate(stack, record, **WHEN)  # type: ignore[arg-type]
        assert first == evaluate(stack, other, **WHEN)  # type: ignore[arg-type]


@pytest.mark.parametrize("shard", SHARDS)
def test_more_evidence_never_undoes_a_rule_that_only_grows(shard: int) -> None:
    seen = 0
    for case, stack, record in drawn(range(shard, 480, 8)):
        if case.features & FALLING or status(stack, record) is not Status.MET:
            continue
        seen += 1
        more = Completion("more", "g", AS_OF, WHEN["known_on"], Decimal(2))  # type: ignore[arg-type]
        assert status(stack, replace(record, completions=(*record.completions, more))) is Status.MET
    assert seen


@pytest.mark.parametrize("shard", SMALL_SHARDS)
def test_awards_have_receipts_and_refusals_have_certificates(shard: int) -> None:
    for _, stack, record in drawn(range(shard, 480, 48)):
        found = roll_up([stack], record, **WHEN)  # type: ignore[arg-type]
        for new in found.new_awards:
            assert verify_receipt(new.stack, json.loads(json.dumps(new.receipt))) == ()
        if found.progress["award"].status is Status.NOT_MET:
            certificate = certify(stack, record, **WHEN)  # type: ignore[arg-type]
            assert certificate is not None
            assert certificate.at_fault
            assert certificate.kind == "open" or certificate.together


@pytest.mark.parametrize("shard", SHARDS)
def test_a_foretold_change_comes_on_its_day_and_not_before(shard: int) -> None:
    for _, stack, record in drawn(range(shard, 200, 8)):
        today = status(stack, record)
        change = next_change([stack], "award", record, **WHEN)  # type: ignore[arg-type]
        if change is None:
            continue
        for day, expected in ((change.on - timedelta(days=1), today), (change.on, change.status)):
            found = evaluate(stack, record, as_of=day, known_on=WHEN["known_on"])  # type: ignore[arg-type]
            assert found.status is expected
