"""Use case: show what an invitation is good for, before anybody uses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import LTIRegistrationError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.invitations import hash_code
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.invitations import find_invitation
from lti_tool.persistence.platforms import get_registration


@dataclass(frozen=True, slots=True)
class InvitationView:
    """For whom an open invitation is, and what follows from it.

    ``updates`` is the name of the platform whose registration it updates, None for a new one.
    """

    institution_name: str
    family: ProductFamily | None
    approves_deployments: bool
    allows_loopback: bool
    expires_at: datetime
    updates: str | None = None


def show_invitation(database: Database, code: str, *, now: datetime) -> InvitationView:
    """Return an invitation that is still good; looking does not use it up.

    ``LTIRegistrationError`` says the same for a code that never was, was used, or is over: who
    guesses learns nothing (B38).
    """
    with database.reading() as session:
        found = find_invitation(session, hash_code(code))
        if found is None or found.used_at is not None or found.expires_at <= now:
            raise LTIRegistrationError(
                "This invitation is not good: it was used, or its time is over. Ask whoever "
                "sent it to you for a new one ('quoin platform invite').",
                code="lti-invitation",
            )
        institution = get_institution_by_id(session, found.institution_id)
        if institution.suspended_at is not None:
            raise LTIRegistrationError(
                "The institution of this invitation is suspended here. Ask whoever looks after "
                "this tool.",
                code="lti-institution-suspended",
            )
        return InvitationView(
            institution.name,
            ProductFamily(found.product_family) if found.product_family else None,
            found.approves_deployments,
            found.allows_loopback,
            found.expires_at,
            _name(session, found.registration_id),
        )


def _name(session: Session, registration_id: int | None) -> str | None:
    return None if registration_id is None else get_registration(session, registration_id).name
