"""Use case: switch the launches of a platform off, or on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.administering import get_own_platform
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database


def switch_platform(
    database: Database,
    platform: UUID,
    *,
    is_enabled: bool,
    reason: str | None = None,
    actor: str,
    now: datetime,
    within: int | None = None,
) -> None:
    """Enable or disable a registration; ``reason`` is kept for people while it is disabled.

    Enabling confirms what it was disabled for, foreign hosts of a registration for one.
    ``within`` is the institution of an administrator who decides for no other (internal id).
    ``NotFoundError`` for an unknown platform; ``ForbiddenError`` where others use it, too.
    """
    with database.writing() as session:
        registration = get_own_platform(session, platform, within)
        registration.is_enabled = is_enabled
        registration.disabled_reason = None if is_enabled else reason
        add_event(
            session,
            institution_id=registration.institution_id,
            actor=actor,
            action="platform-enabled" if is_enabled else "platform-disabled",
            subject=str(registration.uuid),
            at=now,
        )
