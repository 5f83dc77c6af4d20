"""When an answer will change without anything new happening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.clauses import Grace, Open
from stacking_rules.facts import Fact, LearnerRecord
from stacking_rules.held import grace_end
from stacking_rules.progress import Status
from stacking_rules.rollup import roll_up
from stacking_rules.selection import lapses
from stacking_rules.solving import Decide
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
    solver: Decide | None = None,
) -> Change | None:
    """Return the next day after ``as_of`` on which the stack ``key`` has another status.

    Only what is recorded already takes part (facts may lie in the future); None if nothing
    changes any more. The other arguments are those of ``roll_up``. Asks again on each day on
    which some fact begins or ceases to count.
    """

    def status_on(day: date) -> Status:
        found = roll_up(
            stacks, record, as_of=day, known_on=known_on, credits_of=credits_of, solver=solver
        )
        return found.progress[key].status

    today = status_on(as_of)
    facts: tuple[Fact, ...] = (*record.completions, *record.awards, *record.attestations)
    starts = [fact.on for fact in facts]
    ends = [fact.valid_until for fact in facts]
    ends += _lapses(stacks, facts)
    ends += _graces(stacks, facts)
    for day in sorted({day for day in (*starts, *ends) if day is not None and day > as_of}):
        status = status_on(day)
        if status is not today:
            return Change(day, status)
    return None


def _lapses(stacks: Sequence[Stack], facts: Sequence[Fact]) -> Iterator[date]:
    """Yield the days on which a test that looks at time may change its answer."""
    for stack in stacks:
        tests = [getattr(node, "where", None) for _, node in stack.walk()]
        tests += [getattr(clause, "where", None) for _, _, clause in stack.clauses()]
        for test in tests:
            if test is not None:
                for fact in facts:
                    yield from lapses(test, fact)


def _graces(stacks: Sequence[Stack], facts: Sequence[Fact]) -> Iterator[date]:
    """Yield the days on which a grace ends, or a requirement opens or closes."""
    for stack in stacks:
        yield from (stack.since, stack.until)
        for _, _, clause in stack.clauses():
            if isinstance(clause, Open):
                yield from (clause.since, clause.until)
            elif isinstance(clause, Grace):
                for fact in facts:
                    if fact.valid_until is not None:
                        yield grace_end(clause, fact.valid_until)
