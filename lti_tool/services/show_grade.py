"""Use case: a learner wants the grade of an award in its credential, or no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.issuing.awards import grade_of
from lti_tool.issuing.correcting import promise_correction
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import find_own_credential
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.shown_grades import add_shown_grade, remove_shown_grade


def show_grade(
    database: Database, *, learner_id: int, award_uuid: UUID, is_wanted: bool, now: datetime
) -> bool:
    """Note what the learner wants, and have the credential issued anew with or without the grade.

    False when that was so already: then nothing changes. ``NotFoundError`` for an award of
    others, ``ConflictError`` where there is no grade to show, or while it is being issued.
    """
    with database.writing() as session:
        held = find_own_credential(session, learner_id, award_uuid)
        if held is None:
            raise NotFoundError("You hold no such credential, or it is not issued yet.")
        award = session.get_one(Award, held.award_id)
        if is_wanted and grade_of(session, award) is None:
            raise ConflictError("This award has no grade that could be shown.")
        is_new = (
            add_shown_grade(session, award, now)
            if is_wanted
            else remove_shown_grade(session, award.id)
        )
        if not is_new:
            return False
        promise_correction(session, award, held, now)
        add_event(
            session,
            institution_id=award.institution_id,
            actor=str(get_learner(session, learner_id).uuid),
            action="credential.grade-shown" if is_wanted else "credential.grade-hidden",
            subject=str(award.uuid),
            at=now,
        )
        return True
