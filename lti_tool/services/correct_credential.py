"""Use case: have a credential issued anew from what is true of its award today."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.issuing.correcting import promise_correction
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import find_award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import find_credential


def correct_credential(
    database: Database,
    *,
    institution_key: str,
    award_uuid: UUID,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Promise a corrected issue: the same id and ``awardedDate``, a newer ``validFrom``.

    For a name or description that was put right. Transcripts that hold it follow.
    ``InvalidInputError`` without a reason; ``NotFoundError`` for a credential that the
    institution has not issued; ``ConflictError`` for one that is revoked, or being issued now.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        award = find_award(session, institution.id, award_uuid)
        held = None if award is None else find_credential(session, award.id)
        if award is None or held is None:
            raise NotFoundError("This institution has issued no such credential.")
        promise_correction(session, award, held, now)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="credential.corrected",
            subject=str(award.uuid),
            at=now,
            detail={"reason": reason.strip()},
        )
