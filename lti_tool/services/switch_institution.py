"""Use case: suspend an institution, or let it go on."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.platform_use import end_sessions_of_institution


def switch_institution(
    database: Database, key: str, *, is_suspended: bool, actor: str, now: datetime
) -> bool:
    """Suspend the institution or let it go on; return whether that changed anything.

    While it is suspended its launches are refused with a message of their own, its sessions
    are over, and no platform is called for it; nothing that is recorded is lost, and scores
    that are promised wait. ``NotFoundError`` for an unknown key.
    """
    with database.writing() as session:
        institution = get_institution(session, key)
        if (institution.suspended_at is not None) == is_suspended:
            return False
        institution.suspended_at = now if is_suspended else None
        ended = end_sessions_of_institution(session, institution.id) if is_suspended else 0
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="institution-suspended" if is_suspended else "institution-resumed",
            subject=str(institution.uuid),
            detail={"sessions_ended": ended},
            at=now,
        )
        return True
