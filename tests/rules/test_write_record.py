"""What a learner has, written: the shortest that reads as the same record."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_document, parse_record
from stacking_rules.write_record import write_record

FACT = {"id": "f", "on": "2026-01-15"}
COMPLETION = {**FACT, "achievement": "sql", "credits": 5}
AWARD = {**FACT, "award": "basics", "credits": 0}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"completions": [COMPLETION]},
        {"completions": [{**COMPLETION, "started": "2025-09-01", "valid_until": "2029-01-01"}]},
        {"completions": [{**COMPLETION, "recorded_at": "2026-02-01T08:30:00+00:00"}]},
        {"completions": [{**COMPLETION, "credit_kind": "ects", "state": "pending"}]},
        {"completions": [{**COMPLETION, "grade": 60, "scale": "0-100"}]},
        {"completions": [{**COMPLETION, "grade": "B", "scale": "letter"}]},
        {"completions": [{**COMPLETION, "attributes": {"a": [6, "p"], "ok": True}}]},
        {"completions": [COMPLETION, {**COMPLETION, "id": "g"}]},
        {"awards": [AWARD]},
        {"awards": [{**AWARD, "counted": ["f1", "f2"], "banked": True, "carried": 3}]},
        {"attestations": [{**FACT, "statement": "safe"}]},
        {"attestations": [{**FACT, "statement": "safe", "attributes": {"role": "confirmer"}}]},
        {"learner": {"attributes": {"trade": "nurse"}}},
        {"learner": {"events": {"enrolled": "2024-09-01"}}},
        {"completions": [COMPLETION], "awards": [AWARD],
         "learner": {"attributes": {"a": [1, 2]}, "events": {"x": "2024-01-01"}}},
    ],
)  # fmt: skip
def test_a_record_is_written_as_short_as_it_can_be_read(record: dict[str, Any]) -> None:
    scales = {"letter": {"C": 2, "B": 3}}
    declared = parse_document(
        {"quoin": 2, "scales": scales, "stacks": [{"key": "k", "requires": "a"}]}
    ).definitions
    assert write_record(parse_record(record, declared), declared) == record


def test_amounts_are_whole_numbers_or_exact_decimals() -> None:
    record = {"completions": [{**COMPLETION, "credits": "2.50"}, {**COMPLETION, "id": "g"}]}
    half, whole = (fact["credits"] for fact in completions(record))
    assert str(half) == "2.50"
    assert (whole, type(whole)) == (5, int)


def completions(record: dict[str, Any]) -> list[dict[str, Any]]:
    found: Any = write_record(parse_record(record))["completions"]
    return list(found)


def test_what_is_declared_and_not_known_of_a_completion_is_written_as_unknown() -> None:
    achievements = {"sql": {"credits": 5, "attributes": {"level": 6, "area": "p"}}}
    declared = parse_document(
        {"quoin": 2, "achievements": achievements, "stacks": [{"key": "k", "requires": "a"}]}
    ).definitions
    said = {**COMPLETION, "attributes": {"area": "p", "level": None}}
    facts = {
        "completions": [said, {**COMPLETION, "id": "g", "achievement": "r"}],
        "attestations": [{**FACT, "statement": "sql"}],
    }
    assert write_record(parse_record(facts, declared), declared) == facts
