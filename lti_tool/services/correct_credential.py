"""Use case: have a credential issued anew from what is true of its award today."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.issuing.renewing import sha256
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import find_award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import find_credential
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    add_delivery,
    find_delivery,
    promise_key,
    reopen,
)
from lti_tool.persistence.reviews import find_revocation


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
        if find_revocation(session, award.id) is not None:
            raise ConflictError("This credential is revoked, for good.")
        payload: dict[str, object] = {"award": str(award.uuid), "replaces": sha256(held.document)}
        key = promise_key(award.uuid)
        promised = find_delivery(session, key)
        if promised is None:
            add_delivery(
                session,
                {
                    "kind": CREDENTIAL,
                    "key": key,
                    "lane": key,
                    "learner_id": award.learner_id,
                    "context_id": None,
                    "achievement_id": award.achievement_id,
                    "payload": payload,
                    "due_at": now,
                    "created_at": now,
                },
            )
        elif not reopen(session, promised, payload, now):
            raise ConflictError("This credential is being issued now; try again in a moment.")
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="credential.corrected",
            subject=str(award.uuid),
            at=now,
            detail={"reason": reason.strip()},
        )
