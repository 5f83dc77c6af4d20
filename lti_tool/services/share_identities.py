"""Use case: let the user ids of a registration be those of its whole issuer, or its own alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.lti.registrations import authority_of_issuer, authority_of_registration
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import get_registration_by_uuid
from lti_tool.persistence.shared_identities import (
    copy_identities,
    count_identities,
    move_identities,
)


@dataclass(frozen=True, slots=True)
class IdentitiesShared:
    """How many people were moved, and how many stay two learners (known by both names)."""

    moved: int
    apart: int


def share_identities(
    database: Database, platform: UUID, *, is_shared: bool, actor: str, now: datetime
) -> IdentitiesShared:
    """Switch it and take the people along: whoever launches next is the learner they were.

    When it is switched on, the people of the registration become those of the issuer; when it
    is switched off, whoever has a place in its courses keeps it. Repeating it takes along who
    was missed. ``NotFoundError`` for an unknown platform.
    """
    with database.writing() as session:
        lock_name(session, "registrations")
        registration = get_registration_by_uuid(session, platform)
        own = authority_of_registration(registration.uuid)
        shared = authority_of_issuer(registration.issuer)
        registration.shares_identities = is_shared
        session.flush()
        if is_shared:
            found = IdentitiesShared(
                move_identities(session, own, shared), count_identities(session, own)
            )
        else:
            found = IdentitiesShared(copy_identities(session, registration.id, shared, own), 0)
        add_event(
            session,
            institution_id=registration.institution_id,
            actor=actor,
            action="identities-shared" if is_shared else "identities-apart",
            subject=str(registration.uuid),
            detail={"moved": found.moved, "apart": found.apart},
            at=now,
        )
        return found
