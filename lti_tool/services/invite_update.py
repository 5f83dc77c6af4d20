"""Use case: invite a platform that is registered to update its registration, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.invitations import InvitationMade, check_life, hash_code, new_code
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.invitations import Invitation, add_invitation
from lti_tool.persistence.platforms import get_registration_by_uuid


def invite_update(
    database: Database, platform: UUID, life: timedelta, *, actor: str, now: datetime
) -> InvitationMade:
    """Make an invitation that changes this registration, and can do nothing else.

    ``InvalidInputError`` for a life of no time or more than 14 days, for a product that does
    not update registrations, or a registration without an institution; ``NotFoundError`` for an
    unknown platform.
    """
    check_life(life)
    code = new_code()
    with database.writing() as session:
        registration = get_registration_by_uuid(session, platform)
        if registration.product_family != ProductFamily.MOODLE:
            raise InvalidInputError(
                "Only Moodle updates a registration by invitation. Enter new addresses with "
                "'quoin platform add', other decisions with 'quoin platform set'.",
                field="update",
            )
        if registration.institution_id is None:
            raise InvalidInputError(
                f"Name its institution first: quoin platform set {platform} --institution KEY",
                field="update",
            )
        made = Invitation(
            code_hash=hash_code(code),
            institution_id=registration.institution_id,
            product_family=registration.product_family,
            approves_deployments=registration.approves_deployments,
            allows_loopback=registration.allows_loopback,
            created_at=now,
            expires_at=now + life,
            registration_id=registration.id,
        )
        add_invitation(session, made)
        add_event(
            session,
            institution_id=registration.institution_id,
            actor=actor,
            action="platform-update-invited",
            subject=str(made.uuid),
            detail={"hours": life / timedelta(hours=1), "platform": str(platform)},
            at=now,
        )
        return InvitationMade(made.uuid, code, made.expires_at)
