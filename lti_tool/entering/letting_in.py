"""What every way of finishing a launch shares before anybody enters: who may, and what is noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.claims import DEPLOYMENT_ID
from lti_tool.lti.registrations import (
    PlatformRegistration,
    authority_of_registration,
    registration_of,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import Registration, note_launch_error


def let_in(found: Registration | Row[Any] | None) -> PlatformRegistration:
    """Return the value of a registration; ``LTILaunchError`` where none may launch."""
    if found is None:
        raise LTILaunchError(
            "The token comes from a platform that is not registered with this tool.",
            code="lti-unknown-platform",
        )
    if not found.is_enabled:
        raise LTILaunchError(
            "Launches from your platform are switched off here.", code="lti-platform-disabled"
        )
    return registration_of(found)


def note_refusal(
    database: Database,
    registration: PlatformRegistration,
    claims: Mapping[str, Any],
    refusal: LTIError,
    now: datetime,
) -> None:
    """Keep what an administrator asks for: which platform, why, when; nothing personal.

    ``claims`` are those of the token; of them only the deployment is looked at. Only refusals
    of genuine tokens are noted: nobody else can make rows.
    """
    with database.writing() as session:
        add_event(
            session,
            institution_id=None,
            actor=authority_of_registration(registration.uuid),
            action="launch-refused",
            subject=refusal.code,
            at=now,
        )
        deployment_id = claims.get(DEPLOYMENT_ID)
        if isinstance(deployment_id, str) and deployment_id.isprintable():
            note_launch_error(session, registration.id, deployment_id, refusal.code, now)
