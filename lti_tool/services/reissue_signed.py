"""Use case: have the worker issue anew what a key signed that others may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jwt import get_unverified_header
from sqlalchemy.orm import Session

from lti_tool.credentials.signers import Algorithm
from lti_tool.errors import ConflictError
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import Credential, list_signed, list_with_jwt
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    TRANSCRIPT,
    promise_key,
    reopen_settled,
    transcript_key,
)
from lti_tool.persistence.issuer_keys import IssuerKeyRow, get_issuer_key
from lti_tool.persistence.transcripts import list_signed_transcripts
from lti_tool.promising import promise_credentials


@dataclass(frozen=True, slots=True)
class Part:
    """Credentials (uuids) of this part, and after which to go on; None at the end."""

    credentials: tuple[UUID, ...]
    after: int | None


def reissue_signed(database: Database, key_id: str, *, after: int = 0, now: datetime) -> Part:
    """Promise again a part of what a key has signed, and say where the next part begins.

    Each part is one transaction, so that it may be broken off and begun again: what is issued
    anew by then has another key and is not found any more, and what waits is promised once. JWTs
    are made anew when they are next asked for. ``NotFoundError`` for an unknown key,
    ``ConflictError`` for one that was not taken out.
    """
    with database.writing() as session:
        key = get_issuer_key(session, key_id)
        if key.compromised_at is None:
            raise ConflictError("This key is published: what it signed is valid.")
        if key.algorithm == Algorithm.RS256:
            return _forget_jwts(session, key, after)
        rows = list_signed(session, key.id, after)
        if rows:
            _promise(session, [award for _, award in rows], now)
            return Part(tuple(award.uuid for _, award in rows), rows[-1][0].id)
        keys = [transcript_key(uuid) for uuid in list_signed_transcripts(session, key.id)]
        reopen_settled(session, TRANSCRIPT, keys, now, is_bulk=True)
    return Part((), None)


def _promise(session: Session, awards: Sequence[Award], now: datetime) -> None:
    rows = [
        {
            "uuid": award.uuid,
            "learner_id": award.learner_id,
            "achievement_id": award.achievement_id,
            "receipt": award.receipt,
        }
        for award in awards
    ]
    promise_credentials(session, rows, now)
    keys = [promise_key(award.uuid) for award in awards]
    reopen_settled(session, CREDENTIAL, keys, now, is_bulk=True)


def _forget_jwts(session: Session, key: IssuerKeyRow, after: int) -> Part:
    rows = list_with_jwt(session, key.institution_id, after)
    signed = [(row, award) for row, award in rows if _is_by(row, key.key_id)]
    for row, _ in signed:
        row.jwt = None
    return Part(tuple(award.uuid for _, award in signed), rows[-1][0].id if rows else None)


def _is_by(row: Credential, key_id: str) -> bool:
    kid = str(get_unverified_header(row.jwt or "")["kid"])
    return kid.rpartition("/")[2] == key_id
