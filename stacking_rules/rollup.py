"""roll_up(stacks, record): award after award until nothing new follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.errors import CircularStackError
from stacking_rules.evaluate import evaluate
from stacking_rules.facts import Award, Fact, LearnerRecord
from stacking_rules.progress import Progress, Status
from stacking_rules.requirements import Choice, Group
from stacking_rules.stacks import Stack

Receipt = dict[str, object]


@dataclass(frozen=True, slots=True)
class NewAward:
    """An award that follows from the record: dated by the latest fact that counted."""

    stack: Stack
    award: Award
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class RollUp:
    """The progress in every stack (by key), and the awards that are new, smaller ones first."""

    progress: Mapping[str, Progress]
    new_awards: tuple[NewAward, ...]


def roll_up(
    stacks: Sequence[Stack],
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    award_id: Callable[[str], str] = "new:{}".format,
    credits_of: Mapping[str, Decimal] | None = None,
) -> RollUp:
    """Evaluate ``stacks`` from the smallest to the largest and add the awards that follow.

    An award that the record holds already is not made again. ``award_id`` names a new award by
    the key of its stack, ``credits_of`` gives what an award is worth in larger stacks (none by
    default). ``CircularStackError`` if awards need each other.
    """
    progress: dict[str, Progress] = {}
    new_awards: list[NewAward] = []
    for stack in in_award_order(stacks):
        found = evaluate(stack, record, as_of=as_of, known_on=known_on)
        progress[stack.key] = found
        if found.status is Status.MET and not _holds(record, stack.key):
            worth = (credits_of or {}).get(stack.key, Decimal(0))
            on = max((fact.on for _, fact in counted_facts(found)), default=as_of)
            award = Award(award_id(stack.key), stack.key, on, known_on, worth)
            note = receipt(stack, found, as_of=as_of, known_on=known_on)
            new_awards.append(NewAward(stack, award, note))
            record = replace(record, awards=(*record.awards, award))
    return RollUp(progress, tuple(new_awards))


def in_award_order(stacks: Sequence[Stack]) -> list[Stack]:
    """Return ``stacks`` so that each comes after those whose awards it needs.

    ``CircularStackError`` names the awards on the way round.
    """
    by_key = {stack.key: stack for stack in stacks}
    done: dict[str, Stack] = {}

    def visit(stack: Stack, path: tuple[str, ...]) -> None:
        if stack.key in path:
            raise CircularStackError((*path[path.index(stack.key) :], stack.key))
        for key in stack.needed_awards():
            if key in by_key and key not in done:
                visit(by_key[key], (*path, stack.key))
        done[stack.key] = stack

    for stack in stacks:
        if stack.key not in done:
            visit(stack, ())
    return list(done.values())


def counted_facts(progress: Progress) -> Iterator[tuple[str, Fact]]:
    """Yield (address, fact) of what makes ``progress`` met: spare parts of a choice left out."""
    for fact in progress.counted:
        yield progress.address, fact
    if isinstance(progress.requirement, Group):
        met = [child for child in progress.children if child.status is Status.MET]
        # Parts that count something come before parts that are met by surplus alone.
        met.sort(key=lambda child: not any(True for _ in counted_facts(child)))
        for child in met[: progress.requirement.needed]:
            yield from counted_facts(child)
    elif isinstance(progress.requirement, Choice):
        for child in progress.children[1:]:
            yield from counted_facts(child)


def receipt(stack: Stack, progress: Progress, *, as_of: date, known_on: datetime) -> Receipt:
    """Return what an award rests on: rule, dates, and each counted fact at its requirement.

    Plain data (JSON): amounts are decimal strings, dates ISO 8601.
    """
    return {
        "stack": stack.key,
        "version": stack.version,
        "content_hash": stack.content_hash,
        "as_of": as_of.isoformat(),
        "known_on": known_on.isoformat(),
        "counted": [
            {"address": address, **_fact_note(fact)} for address, fact in counted_facts(progress)
        ],
    }


def _fact_note(fact: Fact) -> dict[str, object]:
    note: dict[str, object] = {
        "kind": fact.kind,
        "id": fact.id,
        "achievement": fact.achievement,
        "on": fact.on.isoformat(),
        "credits": str(fact.credits),
    }
    if fact.grade is not None:
        note |= {"grade": fact.grade.text or str(fact.grade.value), "scale": fact.grade.scale}
    return note


def _holds(record: LearnerRecord, key: str) -> bool:
    return any(award.achievement == key for award in record.awards)
