"""Many completions at once: what is new, what is known already, and the awards that follow.

A dry run does all of it and takes it back, so that what it shows is what happens.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.awarding import NewCompletion, record
from lti_tool.persistence.attested import list_equals
from lti_tool.persistence.learners import lock_learners

Content = tuple[int, int, date, Decimal | None]


class Outcome(StrEnum):
    """What becomes of one entry.

    NEW is recorded. SAME is recorded already, by whatever way. WITHDRAWN was recorded and taken
    back by a person: a table that is uploaded again does not bring it back.
    """

    NEW = "new"
    SAME = "same"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One completion to be recorded; ``learner_uuid`` and ids are of people of the course."""

    learner_id: int
    learner_uuid: UUID
    achievement_id: int
    completed_on: date
    grade: Decimal | None
    note: str = ""

    @property
    def content(self) -> Content:
        """What makes two entries the same fact; a note does not."""
        grade = None if self.grade is None else self.grade.normalize()
        return (self.learner_id, self.achievement_id, self.completed_on, grade)

    def digest(self) -> str:
        """Return 32 hexadecimal characters that stand for the content."""
        return hashlib.sha256(repr(self.content).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of each entry, in their order, and the titles of awards by learner (id)."""

    outcomes: tuple[Outcome, ...]
    awards: dict[int, tuple[str, ...]]

    @property
    def added(self) -> int:
        """How many completions were recorded."""
        return sum(outcome is Outcome.NEW for outcome in self.outcomes)


def apply_entries(
    session: Session,
    institution_id: int,
    context_id: int,
    entries: Sequence[Entry],
    *,
    prefix: str,
    source: str,
    brings_back: bool,
    recorded_by: int,
    actor: str,
    now: datetime,
) -> Applied:
    """Record what is new among ``entries``, and award what follows.

    ``prefix`` begins every idempotency key: an entry of the same content under the same prefix
    is recorded once. ``brings_back`` lets an entry be recorded anew whose equal was withdrawn.
    ``InvalidInputError`` for a grade outside its scale or a day that has not come.
    """
    lock_learners(session, {entry.learner_id for entry in entries})
    outcomes = _outcomes(session, context_id, entries, prefix, brings_back=brings_back)
    new = [e for e, outcome in zip(entries, outcomes, strict=True) if outcome is Outcome.NEW]
    completions = [
        _completion(entry, context_id, prefix, source=source, recorded_by=recorded_by)
        for entry in new
    ]
    made: dict[int, list[str]] = defaultdict(list)
    if completions:
        recorded = record(session, institution_id, completions, actor=actor, now=now)
        for award in recorded.awards:
            made[award.learner_id].append(award.title)
    return Applied(outcomes, {learner: tuple(titles) for learner, titles in made.items()})


def _outcomes(
    session: Session,
    context_id: int,
    entries: Sequence[Entry],
    prefix: str,
    *,
    brings_back: bool,
) -> tuple[Outcome, ...]:
    live: set[Content] = set()
    withdrawn: set[Content] = set()
    keys: set[str] = set()
    for row in list_equals(session, context_id, {entry.learner_id for entry in entries}):
        grade = None if row.grade is None else row.grade.normalize()
        content = (row.learner_id, row.achievement_id, row.completed_on, grade)
        (withdrawn if row.is_withdrawn else live).add(content)
        keys.add(row.idempotency_key)
    found = []
    for entry in entries:
        if entry.content in live:
            found.append(Outcome.SAME)
        elif _key(entry, prefix) in keys or (entry.content in withdrawn and not brings_back):
            found.append(Outcome.WITHDRAWN)
        else:
            found.append(Outcome.NEW)
            # The second of two equal entries says nothing new.
            live.add(entry.content)
    return tuple(found)


def _key(entry: Entry, prefix: str) -> str:
    return f"{prefix}:{entry.digest()}"


def _completion(
    entry: Entry, context_id: int, prefix: str, *, source: str, recorded_by: int
) -> NewCompletion:
    return NewCompletion(
        learner_id=entry.learner_id,
        achievement_id=entry.achievement_id,
        completed_on=entry.completed_on,
        source=source,
        idempotency_key=_key(entry, prefix),
        grade=entry.grade,
        context_id=context_id,
        note=entry.note.strip(),
        recorded_by=recorded_by,
    )
