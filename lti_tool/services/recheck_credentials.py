"""Use case: ask issuers again whether they vouch for what learners handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from lti_tool.credentials.recognition.documents import Fetch
from lti_tool.credentials.recognition.outcomes import Verdict
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import get_learner, lock_learners
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    OutsideState,
    lease_due_checks,
)
from lti_tool.recognising.measures import Person, as_institution_sees, read_policy
from lti_tool.recognising.watching import Found, note_check

AT_ONCE = 5
LEASE = timedelta(minutes=10)


def recheck_credentials(
    database: Database,
    pool: CheckingPool,
    fetch: Fetch,
    *,
    home: str,
    now: datetime,
    institution_key: str | None = None,
    limit: int = AT_ONCE,
) -> Mapping[Found, int]:
    """Check up to ``limit`` credentials that are due, and count what was found.

    Each is checked outside of any transaction and noted in one of its own: what a stop leaves
    undone is due again ten minutes later. ``NotFoundError`` for an unknown institution.
    """
    with database.writing() as session:
        only = institution_key and get_institution(session, institution_key).id
        due = lease_due_checks(session, now, now + LEASE, limit, only or None)
    found: Counter[Found] = Counter()
    for row_id in due:
        verdict = _check(database, pool, fetch, row_id, home, now)
        with database.writing() as session:
            row = session.get_one(OutsideCredential, row_id)
            lock_learners(session, [row.learner_id])
            session.refresh(row)
            if row.document:  # it was not erased meanwhile
                found[note_check(session, row, verdict, now)] += 1
    return found


def _check(
    database: Database, pool: CheckingPool, fetch: Fetch, row_id: int, home: str, now: datetime
) -> Verdict:
    """Check one; whose it is was seen when it was handed in, unless it could not be then."""
    with database.reading() as session:
        row = session.get_one(OutsideCredential, row_id)
        is_first = row.state == OutsideState.UNCHECKED
        person = Person(get_learner(session, row.learner_id).uuid) if is_first else None
        policy = read_policy(session, row.institution_id, home, person)
        document = row.document
    verdict = pool.check(document, fetch=fetch, now=now, policy=policy)
    return as_institution_sees(verdict, policy)
