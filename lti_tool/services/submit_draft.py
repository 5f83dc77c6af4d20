"""Use case: submit a draft for review."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.building.catalogue import Place
from lti_tool.building.reviewed import expect, expect_sound, note
from lti_tool.persistence.base import Database
from lti_tool.persistence.stack_drafts import DraftState, get_draft


def submit_draft(
    database: Database, place: Place, uuid: UUID, revision: int, *, now: datetime
) -> None:
    """Ask for the approval of this revision; asked twice, nothing more happens.

    ``ConflictError`` if it is not the present one, ``InvalidInputError`` while something is wrong.
    """
    with database.writing() as session:
        draft = get_draft(session, place.institution_id, uuid, lock=True)
        expect(draft, revision)
        if draft.state != DraftState.DRAFT:
            return
        expect_sound(session, draft)
        draft.state = DraftState.IN_REVIEW
        note(session, place, draft, "draft-submitted", now)
