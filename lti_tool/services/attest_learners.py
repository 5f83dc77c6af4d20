"""Use case: a teacher records the same competency for many learners, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.attesting.entries import Applied, Entry, Outcome, apply_entries
from lti_tool.attesting.grades import grade_of
from lti_tool.awarding import check_day
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, get_achievement
from lti_tool.persistence.learners import Learner, get_learner, list_members
from lti_tool.persistence.readings import NAMELESS
from lti_tool.translating import _

MOST_LEARNERS = 2000


@dataclass(frozen=True, slots=True)
class AttestedRow:
    """What becomes of one learner, and the titles of the awards that follow."""

    learner_uuid: UUID
    name: str
    outcome: Outcome
    awards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attested:
    """What was recorded, or would be; ``grade`` is on ``scale``, ``level`` its label or ""."""

    achievement_name: str
    scale: str
    level: str
    grade: Decimal | None
    completed_on: date
    rows: tuple[AttestedRow, ...]

    @property
    def new(self) -> int:
        """How many learners get something recorded."""
        return sum(row.outcome is Outcome.NEW for row in self.rows)


def attest_learners(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    recorded_by: int,
    learner_uuids: Sequence[UUID],
    achievement_uuid: UUID,
    level: str,
    grade: str,
    completed_on: date,
    note: str,
    form_id: str,
    is_dry_run: bool,
    now: datetime,
) -> Attested:
    """Record one competency for many learners of a course; a dry run takes it all back.

    ``level`` is a label of the competency's rubric, which gives the grade; without one ``grade``
    is a number of its scale or empty. The same form sent twice records nothing twice, and
    whoever has the same completion in this course keeps the one they have. ``NotFoundError`` for
    a competency that is not in the catalogue; ``InvalidInputError`` for learners of another
    course, a grade outside its scale, an unknown level, a day that has not come, an award.
    """
    with database.writing() as session:
        achievement = get_achievement(session, institution_id, achievement_uuid)
        value = _grade(session, achievement, level, grade)
        check_day(completed_on, now)
        learners = _learners(session, context_id, learner_uuids)
        applied = apply_entries(
            session,
            institution_id,
            context_id,
            [
                Entry(one.id, one.uuid, achievement.id, completed_on, value, note)
                for one in learners
            ],
            prefix=f"attest:{form_id}",
            source="teacher",
            brings_back=True,
            recorded_by=recorded_by,
            actor=str(get_learner(session, recorded_by).uuid),
            now=now,
        )
        attested = Attested(
            achievement.name,
            achievement.scale,
            level,
            value,
            completed_on,
            _rows(learners, applied),
        )
        if is_dry_run:
            session.rollback()
        elif applied.added:
            _note(session, institution_id, recorded_by, achievement_uuid, applied, now)
    return attested


def _grade(session: Session, achievement: Achievement, level: str, grade: str) -> Decimal | None:
    if achievement.is_award:
        raise InvalidInputError("An award follows from its rule alone.", field="achievement")
    return grade_of(session, achievement, level, grade)


def _learners(session: Session, context_id: int, uuids: Sequence[UUID]) -> list[Learner]:
    """Return the learners that were ticked, by name; each once."""
    wanted = set(uuids)
    if not wanted:
        raise InvalidInputError("Tick at least one learner.", field="learner")
    if len(wanted) > MOST_LEARNERS:
        raise InvalidInputError(
            _("Tick at most {most} learners at a time.", most=MOST_LEARNERS), field="learner"
        )
    found = [one for one, _ in list_members(session, context_id) if one.uuid in wanted]
    if len(found) < len(wanted):
        raise InvalidInputError("One of these learners is not in this course.", field="learner")
    return found


def _rows(learners: Sequence[Learner], applied: Applied) -> tuple[AttestedRow, ...]:
    return tuple(
        AttestedRow(one.uuid, one.name or NAMELESS, outcome, applied.awards.get(one.id, ()))
        for one, outcome in zip(learners, applied.outcomes, strict=True)
    )


def _note(
    session: Session,
    institution_id: int,
    recorded_by: int,
    achievement_uuid: UUID,
    applied: Applied,
    now: datetime,
) -> None:
    add_event(
        session,
        institution_id=institution_id,
        actor=str(get_learner(session, recorded_by).uuid),
        action="learners.attested",
        at=now,
        subject=str(achievement_uuid),
        detail={"completions": applied.added},
    )
