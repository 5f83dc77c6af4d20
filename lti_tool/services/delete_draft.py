"""Use case: delete a draft; its texts are kept, and what was published of it stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.building.catalogue import Place
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.stack_drafts import get_draft


def delete_draft(database: Database, place: Place, uuid: UUID, *, now: datetime) -> None:
    """Take a draft out of the list; ``NotFoundError`` for one that is not there."""
    with database.writing() as session:
        draft = get_draft(session, place.institution_id, uuid, lock=True)
        draft.deleted_at = now
        add_event(
            session,
            institution_id=place.institution_id,
            actor=place.actor,
            action="draft-deleted",
            subject=str(uuid),
            at=now,
        )
