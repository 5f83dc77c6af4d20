"""Use case: let an administrator in no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.administrators import get_administrator, remove_administrator_row
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database


def remove_administrator(
    database: Database, administrator: UUID, *, actor: str, now: datetime
) -> None:
    """Remove an administrator: sessions are over at once, links are void.

    ``NotFoundError`` for one who is not there.
    """
    with database.writing() as session:
        found = get_administrator(session, administrator)
        remove_administrator_row(session, found, now)
        add_event(
            session,
            institution_id=found.institution_id,
            actor=actor,
            action="administrator-removed",
            subject=str(found.uuid),
            at=now,
        )
