"""Use case: take out a key that others may have; nothing that it signed is valid any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.credentials.signers import Algorithm
from lti_tool.errors import InvalidInputError
from lti_tool.issuing.signing import Signing, add_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import count_signed
from lti_tool.persistence.issuer_keys import get_issuer_key
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.status_lists import forget_signed_lists


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A key that is published no longer, what signs in its place, and what it still stands under.

    ``replaced_by`` is None when another key signed already, or signs since an earlier call.
    """

    algorithm: str
    replaced_by: str | None
    credentials: int


def compromise_key(
    database: Database, signing: Signing, key_id: str, *, reason: str, actor: str, now: datetime
) -> TakenOut:
    """Publish a key no longer, from this moment on, and let a new one sign.

    Status lists are signed anew at their next request; ``reissue_signed`` has the rest done.
    A second call changes nothing and counts what is left. ``InvalidInputError`` without a
    reason, ``NotFoundError`` for a key that no institution has.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    with database.writing() as session:
        row = get_issuer_key(session, key_id)
        made = None
        if row.compromised_at is None:
            signed_until_now = row.retired_at is None
            row.compromised_at, row.retired_at = now, row.retired_at or now
            session.flush()
            lock_name(session, f"issuer:{row.institution_id}")
            if signed_until_now:
                made = add_key(session, signing, row.institution_id, row.algorithm, now).key_id
            if row.algorithm == Algorithm.ED25519:
                forget_signed_lists(session, row.institution_id)
            add_event(
                session,
                institution_id=row.institution_id,
                actor=actor,
                action="issuer-key.compromised",
                subject=key_id,
                at=now,
                detail={"reason": reason.strip(), "replaced_by": made},
            )
        return TakenOut(row.algorithm, made, count_signed(session, row.id))
