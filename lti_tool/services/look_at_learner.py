"""Use case: a teacher opens a learner's page as the learner has it, to read only; it is noted."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.persistence.audit import add_event, was_noted
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_member

ONCE_PER = timedelta(hours=1)


def look_at_learner(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    learner_uuid: UUID,
    actor: str,
    now: datetime,
) -> int:
    """Return the internal id of a learner of the course, and write down who looks.

    A page that is loaded again within the hour is one look. ``NotFoundError`` for anybody who is
    not a learner of this course.
    """
    with database.writing() as session:
        member = get_member(session, context_id, learner_uuid)
        subject = str(member.uuid)
        if not was_noted(session, actor, "learner.looked-at", subject, now - ONCE_PER):
            add_event(
                session,
                institution_id=institution_id,
                actor=actor,
                action="learner.looked-at",
                at=now,
                subject=subject,
            )
        return member.id
