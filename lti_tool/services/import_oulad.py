"""Import the Open University dataset: resumable, idempotent, one transaction per batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lti_tool.awarding import NewCompletion, record
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import (
    ensure_achievement,
    list_achievements,
    list_current_stacks,
)
from lti_tool.persistence.learners import ensure_learners
from lti_tool.sources.oulad import Fact, Reading

AUTHORITY = "oulad"
ACTOR = "cli:import oulad"
BATCH = 1000
"""Learners per transaction: what a kill can cost is at most one batch, and it is done again."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import led to; ``seconds`` of wall time, evaluations are learner times stack."""

    learners: int
    added: int
    repeated: int
    awards: int
    evaluations: int
    seconds: float


def import_oulad(
    database: Database,
    *,
    institution_id: int,
    reading: Reading,
    now: datetime,
    progress: Callable[[int], None] = lambda _learners: None,
) -> Imported:
    """Record what was read, batch by batch; a second run adds nothing.

    ``progress`` is told after each batch how many learners it held.
    """
    started = time.perf_counter()
    with database.writing() as session:
        for key, name in sorted(reading.achievements.items()):
            ensure_achievement(session, institution_id, key, now, name=name)
        ids = {a.key: a.id for a in list_achievements(session, institution_id)}
        stacks = len(list_current_stacks(session, institution_id))
    added = repeated = awards = evaluated = 0
    for batch in _batches(sorted(reading.facts.items())):
        with database.writing() as session:
            subjects = [student for student, _ in batch]
            learners = ensure_learners(session, institution_id, AUTHORITY, subjects, now)
            entries = [_entry(fact, learners, ids) for _, facts in batch for fact in facts]
            done = record(session, institution_id, entries, actor=ACTOR, now=now)
        added, repeated = added + done.added, repeated + done.repeated
        awards += len(done.awards)
        evaluated += sum(bool(facts) for _, facts in batch) if done.added else 0
        progress(len(batch))
    seconds = time.perf_counter() - started
    return Imported(len(reading.facts), added, repeated, awards, evaluated * stacks, seconds)


def _batches(
    items: Sequence[tuple[str, list[Fact]]],
) -> Iterator[list[tuple[str, list[Fact]]]]:
    source = iter(items)
    while batch := list(islice(source, BATCH)):
        yield batch


def _entry(fact: Fact, learners: dict[str, int], ids: dict[str, int]) -> NewCompletion:
    return NewCompletion(
        learner_id=learners[fact.student],
        achievement_id=ids[fact.achievement],
        completed_on=fact.on,
        source=AUTHORITY,
        idempotency_key=fact.key,
        grade=fact.grade,
        is_recognised=fact.is_recognised,
    )
