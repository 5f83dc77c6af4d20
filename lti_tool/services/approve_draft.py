"""Use case: approve a draft; where four eyes are demanded, not by one of its authors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.building.catalogue import Place
from lti_tool.building.reviewed import expect, expect_sound, note
from lti_tool.errors import ForbiddenError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.definitions import definitions_number
from lti_tool.persistence.stack_drafts import DraftState, get_draft, is_author


def approve_draft(
    database: Database, place: Place, uuid: UUID, revision: int, *, now: datetime
) -> None:
    """Approve this revision; approved twice, nothing more happens.

    ``ForbiddenError`` (code ``four-eyes``) for somebody who wrote any of it since it was last
    published, where the institution demands four eyes. ``ConflictError`` if it is not the present
    revision, ``InvalidInputError`` while something is wrong.
    """
    with database.writing() as session:
        draft = get_draft(session, place.institution_id, uuid, lock=True)
        expect(draft, revision)
        if draft.state in (DraftState.APPROVED, DraftState.PUBLISHED):
            return
        demanded = get_institution_by_id(session, place.institution_id).four_eyes
        if demanded and is_author(session, draft, place.learner_id):
            raise ForbiddenError(
                "You wrote a part of this draft. Your institution wants somebody else to approve "
                "it.",
                code="four-eyes",
            )
        expect_sound(session, draft)
        draft.state = DraftState.APPROVED
        draft.approved_by, draft.approved_revision = place.learner_id, draft.revision
        draft.approved_definitions = definitions_number(session, place.institution_id)
        note(session, place, draft, "draft-approved", now)
