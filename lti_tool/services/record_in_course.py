"""A teacher records that a learner of the course has completed something."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from lti_tool.attesting.grades import grade_of
from lti_tool.awarding import NewCompletion, Recorded, record
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement
from lti_tool.persistence.learners import get_learner, get_member


def record_in_course(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    recorded_by: int,
    learner_uuid: UUID,
    achievement_uuid: UUID,
    grade: str,
    completed_on: date,
    note: str,
    form_id: str,
    now: datetime,
    level: str = "",
) -> Recorded:
    """Record one completion as the teacher ``recorded_by`` typed it into the form ``form_id``.

    The same form sent twice is one completion. ``grade`` may be empty; ``level``, a label of the
    competency's rubric, stands in place of it. ``NotFoundError`` for a learner of another course,
    ``InvalidInputError`` for a grade outside its scale, a level and a grade, a level that is not
    the competency's, or a date that has not come.
    """
    with database.writing() as session:
        learner = get_member(session, context_id, learner_uuid)
        achievement = get_achievement(session, institution_id, achievement_uuid)
        entry = NewCompletion(
            learner_id=learner.id,
            achievement_id=achievement.id,
            completed_on=completed_on,
            source="teacher",
            idempotency_key=f"form:{form_id}",
            grade=grade_of(session, achievement, level, grade),
            context_id=context_id,
            note=note.strip(),
            recorded_by=recorded_by,
        )
        actor = str(get_learner(session, recorded_by).uuid)
        return record(session, institution_id, [entry], actor=actor, now=now)
