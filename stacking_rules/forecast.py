"""When an answer will change without anything new happening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.facts import LearnerRecord
from stacking_rules.progress import Status
from stacking_rules.requirements import Amount, Completed
from stacking_rules.rollup import roll_up
from stacking_rules.selection import lapses
from stacking_rules.stacks import Stack


@dataclass(frozen=True, slots=True)
class Change:
    """The first day on which the status of a stack differs, and what it is then."""

    on: date
    status: Status


def next_change(
    stacks: Sequence[Stack],
    key: str,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    credits_of: Mapping[str, Decimal] | None = None,
) -> Change | None:
    """Return the next day after ``as_of`` on which the stack ``key`` has another status.

    Only what is recorded already takes part (facts may lie in the future); None if nothing
    changes any more. The other arguments are those of ``roll_up``. Asks again on each day on
    which some fact begins or ceases to count.
    """

    def status_on(day: date) -> Status:
        found = roll_up(stacks, record, as_of=day, known_on=known_on, credits_of=credits_of)
        return found.progress[key].status

    today = status_on(as_of)
    starts = [fact.completed_on for fact in record.completions]
    starts += [fact.awarded_on for fact in record.awards]
    ends = [fact.valid_until for fact in record.completions]
    ends += [fact.valid_until for fact in record.awards]
    ends += _lapses(stacks, record)
    for day in sorted({day for day in (*starts, *ends) if day is not None and day > as_of}):
        status = status_on(day)
        if status is not today:
            return Change(day, status)
    return None


def _lapses(stacks: Sequence[Stack], record: LearnerRecord) -> Iterator[date]:
    """Yield the days on which a test that looks at time may change its answer."""
    for stack in stacks:
        for _, node in stack.walk():
            if isinstance(node, Completed | Amount) and node.where is not None:
                for fact in record.completions:
                    yield from lapses(node.where, fact)
