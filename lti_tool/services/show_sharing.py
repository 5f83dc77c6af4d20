"""Use case: show a person what a public page of an award shows, or would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import get_learner
from lti_tool.wallets.holdings import Holding, get_holding


@dataclass(frozen=True, slots=True)
class SharingView:
    """One issued credential; ``linkedin_id`` is the institution's page there, if it is known."""

    holding: Holding
    linkedin_id: str | None


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
        return SharingView(found, institution.linkedin_id)
