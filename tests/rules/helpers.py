"""Short ways to say what a learner has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from stacking_rules import (
    Completion,
    Grade,
    LearnerRecord,
    Progress,
    RollUp,
    Stack,
    evaluate,
    parse_stack,
    roll_up,
)

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def done(
    key: str,
    grade: object = None,
    *,
    on: str = "2026-01-15",
    credits: object = 5,
    recorded: datetime | None = None,
    withdrawn: datetime | None = None,
) -> Completion:
    return Completion(
        id=f"{key}@{on}",
        achievement=key,
        completed_on=date.fromisoformat(on),
        recorded_at=recorded or datetime(2026, 2, 1, tzinfo=UTC),
        credits=Decimal(str(credits)),
        grade=None if grade is None else Grade(Decimal(str(grade))),
        withdrawn_at=withdrawn,
    )


def has(*facts: Completion | str) -> LearnerRecord:
    return LearnerRecord(tuple(done(f) if isinstance(f, str) else f for f in facts))


def stack(requires: object, key: str = "award") -> Stack:
    return parse_stack({"key": key, "requires": requires})


def at(requires: object, record: LearnerRecord) -> Progress:
    return evaluate(stack(requires), record, as_of=TODAY, known_on=NOW)


def rolled(stacks: list[Stack], record: LearnerRecord) -> RollUp:
    return roll_up(stacks, record, as_of=TODAY, known_on=NOW)
