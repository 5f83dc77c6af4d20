"""Use case: take away what is past the time for which its institution keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_institutions
from lti_tool.persistence.learners import get_learner, lock_learners
from lti_tool.persistence.personal_data import erase_person
from lti_tool.persistence.retention import empty, first_past, past
from lti_tool.retaining import limits_of

BATCH = 50
"""Rows of one transaction: others wait no longer than that takes."""

MOST_BATCHES = 20
"""Of each kind in one pass. What is left goes with the next one."""

ACTOR = "retention"
LEARNERS = "inactive-learners"


def enforce_retention(
    database: Database,
    *,
    now: datetime,
    key: str | None = None,
    actor: str = ACTOR,
    most_batches: int | None = MOST_BATCHES,
) -> dict[str, dict[str, int]]:
    """Take it away in small batches; return how much of each kind went, by institution.

    It can be broken off at any time: each batch is whole, and what is left is found again.
    ``most_batches`` None goes on to the end. ``NotFoundError`` for an unknown key.
    """
    with database.reading() as session:
        rows = list_institutions(session) if key is None else [get_institution(session, key)]
    gone: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = {
            kind: _enforce(database, row.id, kind, limit, actor, now, most_batches)
            for kind, limit in limits_of(row.retention, now).items()
        }
        gone[row.key] = {kind: count for kind, count in counts.items() if count}
        _note(database, row.id, gone[row.key], actor, now)
    return gone


def _enforce(
    database: Database,
    institution_id: int,
    kind: str,
    limit: datetime,
    actor: str,
    now: datetime,
    most_batches: int | None,
) -> int:
    count, batches, found = 0, 0, BATCH
    while found == BATCH and (most_batches is None or batches < most_batches):
        with database.writing() as session:
            ids = first_past(session, past(kind, institution_id, limit), BATCH)
            found = len(ids)
            if ids and kind == LEARNERS:
                ids = _erase(session, institution_id, ids, limit, actor, now)
            elif ids:
                empty(session, kind, ids)
        count, batches = count + len(ids), batches + 1
    return count


def _erase(
    session: Session,
    institution_id: int,
    ids: list[int],
    limit: datetime,
    actor: str,
    now: datetime,
) -> list[int]:
    """Erase these learners but those who did something while they were waited for."""
    lock_learners(session, ids)
    query = past(LEARNERS, institution_id, limit)
    still = set(first_past(session, query, len(ids)))
    erased = [one for one in ids if one in still]
    for learner_id in erased:
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="learner-erased",
            subject=str(get_learner(session, learner_id).uuid),
            at=now,
            detail={"because": "retention"},
        )
        erase_person(session, learner_id, now)
    return erased


def _note(
    database: Database, institution_id: int, counts: Mapping[str, int], actor: str, now: datetime
) -> None:
    if not counts:
        return
    with database.writing() as session:
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="retention-enforced",
            at=now,
            detail=dict(counts),
        )
