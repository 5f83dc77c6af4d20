"""What ends soon for a learner, and what falls with it; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lti_tool.solver import solver
from stacking_rules import (
    Completed,
    Earned,
    Fact,
    LearnerRecord,
    Progress,
    Stack,
    Status,
    roll_up,
)
from stacking_rules.clauses import Open

HORIZON = timedelta(days=180)
MOST_DAYS = 12
"""Days on which the rules are asked anew; what ends later is listed without its consequence."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day on which something ceases to count, or can no longer be met.

    ``on`` is the first day without it. ``kind`` is "award" or "completion" (``key`` is its
    achievement), "stack" (its rule closes) or "part" (``title`` of a requirement that closes).
    ``counts_in`` are the keys of the stacks that lose what counted in them, ``falls`` of those
    that are not met any more from that day on. ``can_renew`` says that the rule has a renewal of
    its own.
    """

    on: date
    kind: str
    key: str
    title: str = ""
    counts_in: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    can_renew: bool = False


def find_deadlines(
    stacks: Sequence[Stack],
    record: LearnerRecord,
    progress: Mapping[str, Progress],
    *,
    now: datetime,
    credits_of: Mapping[str, Decimal],
) -> tuple[Deadline, ...]:
    """Return what ends within HORIZON after ``now`` (aware), the soonest first.

    ``progress`` is that of today by stack key; the rules are asked again for each day on which
    a fact ends.
    """
    today, last = now.date(), now.date() + HORIZON
    ending = [fact for fact in _facts(record, now) if _ends_within(fact, today, last)]
    falls: dict[date, tuple[str, ...]] = {}
    for day in sorted({fact.valid_until for fact in ending if fact.valid_until})[:MOST_DAYS]:
        found = roll_up(
            stacks, record, as_of=day, known_on=now, credits_of=credits_of, solver=solver()
        )
        falls[day] = tuple(
            key
            for key, before in progress.items()
            if before.status is Status.MET and found.progress[key].status is not Status.MET
        )
    renewed = {stack.key for stack in stacks if stack.renewal is not None}
    deadlines = [_of_fact(fact, progress, falls, renewed) for fact in ending]
    for stack in stacks:
        if progress[stack.key].status is not Status.MET:
            deadlines += _closings(stack, progress[stack.key], today, last)
    return tuple(sorted(deadlines, key=lambda d: (d.on, d.kind, d.key, d.title)))


def _facts(record: LearnerRecord, now: datetime) -> Iterator[Fact]:
    facts: tuple[Fact, ...] = (*record.completions, *record.awards)
    for fact in facts:
        is_gone = fact.withdrawn_at is not None and fact.withdrawn_at <= now
        if fact.recorded_at <= now and not is_gone:
            yield fact


def _ends_within(fact: Fact, today: date, last: date) -> bool:
    return fact.valid_until is not None and today < fact.valid_until <= last


def _of_fact(
    fact: Fact,
    progress: Mapping[str, Progress],
    falls: Mapping[date, tuple[str, ...]],
    renewed: set[str],
) -> Deadline:
    on = fact.valid_until or date.max
    counts_in = tuple(
        key
        for key, root in progress.items()
        if any(counted.id == fact.id for node in root.walk() for counted in node.counted)
    )
    can_renew = fact.kind == "award" and fact.achievement in renewed
    return Deadline(on, fact.kind, fact.achievement, "", counts_in, falls.get(on, ()), can_renew)


def _closings(stack: Stack, root: Progress, today: date, last: date) -> Iterator[Deadline]:
    """Yield when a stack, or a requirement that is still open, closes."""
    if today < stack.until <= last:
        yield Deadline(stack.until, "stack", stack.key)
    for node in root.walk():
        for clause in node.requirement.clauses:
            if isinstance(clause, Open) and today < clause.until <= last:
                named = node.requirement
                key = named.achievement if isinstance(named, Completed | Earned) else ""
                yield Deadline(clause.until, "part", key, named.title, (stack.key,))
