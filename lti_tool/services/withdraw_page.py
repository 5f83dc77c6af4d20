"""Use case: take the public page of a credential away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import find_own_credential
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.public_pages import remove_page


def withdraw_page(database: Database, *, learner_id: int, award_uuid: UUID, now: datetime) -> bool:
    """Close the page of an award of this person at once; False when there was none.

    Its address is never used again. ``NotFoundError`` for what is not theirs.
    """
    with database.writing() as session:
        credential = find_own_credential(session, learner_id, award_uuid)
        if credential is None:
            raise NotFoundError("This credential is not there.")
        if not remove_page(session, credential.award_id):
            return False
        add_event(
            session,
            institution_id=credential.institution_id,
            actor=str(get_learner(session, learner_id).uuid),
            action="credential-page-withdrawn",
            subject=str(award_uuid),
            at=now,
        )
        return True
