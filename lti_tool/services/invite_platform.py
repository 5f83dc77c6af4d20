"""Use case: invite an LMS to register itself, once, for one institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.lti.families import ProductFamily
from lti_tool.lti.invitations import InvitationMade, check_life, hash_code, new_code
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.invitations import Invitation, add_invitation


@dataclass(frozen=True, slots=True)
class InvitationTerms:
    """What an invitation allows: of which family, for how long, what follows from it.

    ``family`` None leaves it to what the platform says of itself.
    """

    life: timedelta = timedelta(hours=24)
    family: ProductFamily | None = None
    approves_deployments: bool = False
    allows_loopback: bool = False


def invite_platform(
    database: Database, institution_key: str, terms: InvitationTerms, *, actor: str, now: datetime
) -> InvitationMade:
    """Make an invitation with a code of 256 bits, of which only the hash is kept.

    ``InvalidInputError`` for a life of no time or more than 14 days; ``NotFoundError`` for an
    unknown institution.
    """
    check_life(terms.life)
    code = new_code()
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        made = Invitation(
            code_hash=hash_code(code),
            institution_id=institution.id,
            product_family=terms.family,
            approves_deployments=terms.approves_deployments,
            allows_loopback=terms.allows_loopback,
            created_at=now,
            expires_at=now + terms.life,
        )
        add_invitation(session, made)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="platform-invited",
            subject=str(made.uuid),
            detail={"hours": terms.life / timedelta(hours=1)},
            at=now,
        )
        return InvitationMade(made.uuid, code, made.expires_at)
