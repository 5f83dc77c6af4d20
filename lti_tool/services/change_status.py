"""Use case: revoke, suspend or reinstate a credential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lti_tool.credentials.status_list import Purpose
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import find_award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.status_lists import set_bit
from lti_tool.reviewing import Asked, take_back


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Whether anything changed, and how many awards that counted this one a person looks at."""

    has_changed: bool
    reviews: int = 0


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
) -> StatusChange:
    """Set or clear the bit of a credential; nothing changes when it stood so already.

    Verifiers see it with the next list that they fetch, after five minutes at most. What is
    revoked counts nowhere any more: awards that counted it are solved again without it, and a
    person is asked about those that do not stand. A suspension asks nothing.
    ``InvalidInputError`` without a reason; ``NotFoundError`` for a
    credential that the institution has not issued.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    purpose = Purpose.REVOCATION if act is StatusAct.REVOKE else Purpose.SUSPENSION
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        award = find_award(session, institution.id, award_uuid)
        if award is not None:
            # Before any row: whoever answers a review waits in the same order.
            lock_learners(session, [award.learner_id])
        is_set = act is not StatusAct.REINSTATE
        if not set_bit(session, institution.id, award_uuid, purpose, is_set=is_set):
            return StatusChange(has_changed=False)
        asked = Asked()
        if act is StatusAct.REVOKE and award is not None:
            asked = take_back(session, award, reason.strip(), actor, now) or asked
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action=f"credential.{act}",
            subject=str(award_uuid),
            at=now,
            detail={"reason": reason.strip(), **(asked.detail if act is StatusAct.REVOKE else {})},
        )
    return StatusChange(has_changed=True, reviews=len(asked.opened))
