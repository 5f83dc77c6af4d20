"""Use case: show a person what a public page of an award shows, or would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.issuing.awards import grade_of
from lti_tool.persistence.awards import find_award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.shown_grades import shows_grade
from lti_tool.wallets.holdings import Holding, get_holding


@dataclass(frozen=True, slots=True)
class SharingView:
    """One issued credential; ``linkedin_id`` is the institution's page there, if it is known."""

    holding: Holding
    linkedin_id: str | None
    grade: str | None
    """What the credential says of the grade, or could say if the learner wants it."""

    is_grade_shown: bool


def show_sharing(
    database: Database, *, learner_id: int, award_uuid: UUID, now: datetime
) -> SharingView:
    """Return an award of this person that has a credential; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        found = get_holding(session, learner_id, award_uuid, now)
        if found.shown is None:
            raise NotFoundError("This credential is not issued yet. Try again shortly.")
        learner = get_learner(session, learner_id)
        institution = get_institution_by_id(session, learner.institution_id)
        award = find_award(session, institution.id, award_uuid)
        return SharingView(
            holding=found,
            linkedin_id=institution.linkedin_id,
            grade=None if award is None else grade_of(session, award),
            is_grade_shown=award is not None and shows_grade(session, award.id),
        )
