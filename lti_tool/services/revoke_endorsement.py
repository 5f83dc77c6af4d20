"""Use case: take back an endorsement that the institution signed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.credentials.status_list import Purpose
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.endorsements import get_issued, set_endorsement_bit


def revoke_endorsement(
    database: Database,
    uuid: UUID,
    *,
    institution_key: str,
    reason: str,
    actor: str,
    now: datetime,
) -> bool:
    """Revoke an endorsement for good; False when it is revoked already.

    Verifiers see it with the next list that they fetch, after five minutes at most.
    ``InvalidInputError`` without a reason; ``NotFoundError`` for one of somebody else.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        row = get_issued(session, institution.id, uuid)
        if not set_endorsement_bit(session, row.id, Purpose.REVOCATION, is_set=True):
            return False
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="endorsement.revoked",
            subject=str(uuid),
            at=now,
            detail={"reason": reason.strip()},
        )
    return True
