"""Use case: revoke, suspend or reinstate a credential."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lti_tool.credentials.status_list import Purpose
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import set_bit


class StatusAct(StrEnum):
    """What can be done with a credential; what is revoked stays so."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


def change_status(
    database: Database,
    *,
    institution_key: str,
    award_uuid: UUID,
    act: StatusAct,
    reason: str,
    actor: str,
    now: datetime,
) -> bool:
    """Set or clear the bit of a credential; False when it stood so already.

    Verifiers see it with the next list that they fetch, after five minutes at most. The award
    itself is not touched. ``InvalidInputError`` without a reason; ``NotFoundError`` for a
    credential that the institution has not issued.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    purpose = Purpose.REVOCATION if act is StatusAct.REVOKE else Purpose.SUSPENSION
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        is_set = act is not StatusAct.REINSTATE
        if not set_bit(session, institution.id, award_uuid, purpose, is_set=is_set):
            return False
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action=f"credential.{act}",
            subject=str(award_uuid),
            at=now,
            detail={"reason": reason.strip()},
        )
    return True
