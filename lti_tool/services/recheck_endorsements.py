"""Use case: look whether the endorsements of others still hold, and leave out those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.credentials.recognition.documents import Fetch
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.policy import Policy
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.endorsements import get_given, list_given, remove_given

HOLDS = (Outcome.VALID, Outcome.UNKNOWN_ISSUER)
LATER = (Outcome.UNCHECKABLE, Outcome.UNSUPPORTED)
"""What says nothing about the endorsement: it stays until somebody answers."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One endorsement: what its check came to now, and whether it is left out from now on."""

    uuid: UUID
    issuer: str
    outcome: str
    is_removed: bool


def recheck_endorsements(
    database: Database,
    signing: Signing,
    pool: CheckingPool,
    fetch: Fetch,
    *,
    institution_key: str,
    actor: str,
    now: datetime,
) -> list[Rechecked]:
    """Check every endorsement that was given to an institution once more.

    One that is revoked, suspended, expired or valid no more is embedded and shown no more; it
    may be handed in again. Nothing is fetched inside a transaction. ``NotFoundError`` for an
    unknown institution.
    """
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        rows = list_given(session, institution_id)
    policy = Policy(home=signing.public_url)
    checked = []
    for row in rows:
        verdict = pool.check(row.document.encode(), fetch=fetch, now=now, policy=policy)
        is_over = verdict.outcome not in HOLDS + LATER
        if is_over:
            _leave_out(database, institution_id, row.uuid, str(verdict.outcome), actor, now)
        checked.append(Rechecked(row.uuid, row.issuer, str(verdict.outcome), is_over))
    return checked


def _leave_out(
    database: Database, institution_id: int, uuid: UUID, outcome: str, actor: str, now: datetime
) -> None:
    with database.writing() as session:
        remove_given(session, get_given(session, institution_id, uuid), now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="endorsement.removed",
            subject=str(uuid),
            at=now,
            detail={"outcome": outcome},
        )
