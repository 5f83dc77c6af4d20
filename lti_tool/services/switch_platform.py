"""Use case: switch the launches of a platform off, or on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import get_registration_by_uuid


def switch_platform(
    database: Database,
    platform: UUID,
    *,
    is_enabled: bool,
    reason: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Enable or disable a registration; ``reason`` is kept for people while it is disabled.

    Enabling confirms what it was disabled for, foreign hosts of a registration for one.
    ``NotFoundError`` for an unknown platform.
    """
    with database.writing() as session:
        registration = get_registration_by_uuid(session, platform)
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
