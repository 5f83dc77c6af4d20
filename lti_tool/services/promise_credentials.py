"""Use case: promise the credentials and transcripts that awards do not have yet."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import list_without_credential
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    TRANSCRIPT,
    list_failed,
    promise_key,
    reopen,
    transcript_key,
)
from lti_tool.persistence.transcripts import list_without_transcript
from lti_tool.promising import promise_credentials as promise


def promise_credentials(
    database: Database, *, institution_key: str, actor: str, now: datetime
) -> int:
    """Promise what is missing, try again what has failed, and return how many these are.

    For awards that are older than credentials, and for texts that were put right since.
    ``NotFoundError`` for an unknown institution.
    """
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        awards = [
            *list_without_credential(session, institution.id),
            *list_without_transcript(session, institution.id),
        ]
        rows = [
            {
                "uuid": award.uuid,
                "learner_id": award.learner_id,
                "achievement_id": award.achievement_id,
                "receipt": award.receipt,
            }
            for award in dict.fromkeys(awards)
        ]
        count = promise(session, rows, now) if rows else 0
        for kind, key in ((CREDENTIAL, promise_key), (TRANSCRIPT, transcript_key)):
            keys = [key(award.uuid) for award in awards]
            for delivery in list_failed(session, kind, keys):
                count += reopen(session, delivery, dict(delivery.payload), now)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="credentials.promised",
            at=now,
            detail={"credentials": count},
        )
    return count
