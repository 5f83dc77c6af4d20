"""The facts of all learners of an institution as columns: one query, in the order of learners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.persistence.award_terms import rules_with_terms
from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.exceptions import list_standing
from lti_tool.persistence.snapshots import Origins
from stacking_rules import Grade
from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.cohort.gather import Gathering

ROWS = 20_000
"""Rows that the database sends at a time."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some learners (their internal ids) and what counts of them, in the same order."""

    ids: Sequence[int]
    columns: Columns


def stream_crowds(
    session: Session, institution_id: int, *, as_of: date, known_on: datetime, size: int
) -> Iterator[Crowd]:
    """Yield all learners of an institution who have completed anything, ``size`` at a time.

    ``as_of`` and ``known_on`` (aware) are those of an evaluation. PostgreSQL keeps the rows that
    were not asked for yet (a cursor on the server).
    """
    rows: Any = session.execute(_query(institution_id), execution_options={"yield_per": ROWS})
    origins = Origins(session)
    gathering, ids = Gathering(as_of), list[int]()
    for learner_id, facts in groupby(rows, key=lambda row: row.learner_id):
        if len(ids) == size:
            yield _finish(session, gathering, ids, origins, as_of, known_on)
            gathering, ids = Gathering(as_of), []
        number = gathering.begin(learner_id)
        ids.append(learner_id)
        for row in facts:
            if origins.is_award(row, row.key):
                gathering.mark_rare(number)
            elif _counts(row, as_of, known_on) and not _is_gone(row, known_on):
                grade = None if row.grade is None else Grade(row.grade, row.scale)
                kind = Kind(row.key, credits=row.credits, attributes=origins.attributes(row))
                gathering.add(number, kind, row.completed_on, grade)
    if ids:
        yield _finish(session, gathering, ids, origins, as_of, known_on)


def _query(institution_id: int) -> Select[Any]:
    return (
        select(
            Completion.learner_id,
            Completion.institution_id,
            Achievement.key,
            Completion.completed_on,
            Completion.recorded_at,
            Completion.valid_until,
            Completion.credits,
            Completion.grade,
            Completion.scale,
            Completion.attributes,
            Withdrawal.recorded_at.label("withdrawn_at"),
        )
        .join(Achievement, Achievement.id == Completion.achievement_id)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(Completion.institution_id == institution_id)
        .order_by(Completion.learner_id, Completion.id)
    )


def _counts(row: Any, as_of: date, known_on: datetime) -> bool:
    is_over = row.valid_until is not None and row.valid_until <= as_of
    return row.completed_on <= as_of and row.recorded_at <= known_on and not is_over


def _is_gone(row: Any, known_on: datetime) -> bool:
    return row.withdrawn_at is not None and row.withdrawn_at <= known_on


def _finish(
    session: Session,
    gathering: Gathering,
    ids: list[int],
    origins: Origins,
    as_of: date,
    known_on: datetime,
) -> Crowd:
    """Return the crowd with its awards; who has an exception is looked at as a whole."""
    number = {learner_id: index for index, learner_id in enumerate(ids)}
    for exception in list_standing(session, ids):
        gathering.mark_rare(number[exception.learner_id])
    awards = _awards(session, ids)
    # An award that ends, or that debits what it counted, says so by its own rule.
    ending = rules_with_terms(session, {row.stack_version_id for row in awards})
    for row in awards:
        is_usual = row.revoked is None and row.awarded_on <= as_of and row.recorded_at <= known_on
        if not is_usual or row.stack_version_id in ending:
            gathering.mark_rare(number[row.learner_id])
            continue
        said = origins.local(row.institution_id)
        kind = Kind(row.key, "award", row.credits, attributes=said)
        gathering.add(number[row.learner_id], kind, row.awarded_on)
    return Crowd(ids, gathering.columns())


def _awards(session: Session, ids: Sequence[int]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(ids), CHUNK):
        query = (
            select(
                Award.learner_id,
                Award.institution_id,
                Award.stack_version_id,
                Award.awarded_on,
                Award.recorded_at,
                Achievement.key,
                Achievement.credits,
                AwardRevocation.id.label("revoked"),
            )
            .join(Achievement, Achievement.id == Award.achievement_id)
            .outerjoin(AwardRevocation, AwardRevocation.award_id == Award.id)
            .where(Award.learner_id.in_(ids[start : start + CHUNK]))
        )
        found += session.execute(query).all()
    return found
