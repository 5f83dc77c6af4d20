"""Use case: an equivalency counts for nothing that is handed in from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.equivalencies import get_equivalency


def end_equivalency(
    database: Database, uuid: UUID, *, institution_key: str, reason: str, actor: str, now: datetime
) -> None:
    """End it; what it decided stays. ``NotFoundError``, ``ConflictError`` when it has ended."""
    if not reason.strip():
        raise InvalidInputError("Say why it ends.", field="reason")
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        row = get_equivalency(session, institution.id, uuid)
        if row.ended_at is not None:
            raise ConflictError("This equivalency has ended already.")
        row.ended_at, row.end_reason = now, reason.strip()
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="equivalency.ended",
            at=now,
            subject=str(uuid),
        )
