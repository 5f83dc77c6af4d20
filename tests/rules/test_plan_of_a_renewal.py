"""What leads to "met" is named even where nothing is missing at any requirement."""

from __future__ import annotations

from datetime import UTC, date, datetime

from stacking_rules import Status, evaluate, next_steps, parse_record, parse_stack


def test_a_renewal_that_is_not_open_yet_names_the_clause_that_keeps_it_shut() -> None:
    stack = parse_stack(
        {
            "key": "award",
            "requires": "exam",
            "lasts": {"years": 1},
            "renewal": {"requires": "again", "opens": {"days": 180}},
        }
    )
    record = parse_record(
        {
            "completions": [{"achievement": "again", "on": "2026-01-01"}],
            "awards": [{"award": "award", "on": "2025-08-01", "valid_until": "2026-08-01"}],
        }
    )
    on = date(2026, 6, 30)
    progress = evaluate(stack, record, as_of=on, known_on=datetime(2026, 7, 1, tzinfo=UTC))
    assert progress.status is Status.NOT_MET
    assert [(step.address, step.kind) for step in next_steps(progress)] == [
        ("/renewal/opens", "clause")
    ]
