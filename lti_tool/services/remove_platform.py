"""Use case: remove a registration that nothing hangs on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.administering import get_own_platform
from lti_tool.errors import ConflictError
from lti_tool.lti.registrations import authority_of_registration
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platform_use import count_courses, count_people, delete_registration


def remove_platform(
    database: Database, platform: UUID, *, actor: str, now: datetime, within: int | None = None
) -> None:
    """Remove a registration with its deployments; ``ConflictError`` when anybody has come by it.

    ``within`` is the institution of an administrator who decides for no other (internal id).
    ``NotFoundError`` for an unknown platform; ``ForbiddenError`` where others use it, too.
    """
    with database.writing() as session:
        lock_name(session, "registrations")
        registration = get_own_platform(session, platform, within)
        courses = count_courses(session, registration.id)
        people = count_people(session, authority_of_registration(registration.uuid))
        if courses or people:
            raise ConflictError(
                f"Courses ({courses}) and people ({people}) have come through this platform, so "
                "it stays. Switch it off instead: 'quoin platform disable'."
            )
        delete_registration(session, registration.id)
        add_event(
            session,
            institution_id=registration.institution_id,
            actor=actor,
            action="platform-removed",
            subject=str(platform),
            at=now,
        )
