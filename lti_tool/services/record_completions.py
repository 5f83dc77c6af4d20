"""Record completions, one or thousands: the use case behind every door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lti_tool.awarding import NewCompletion, Recorded, record
from lti_tool.persistence.base import Database


def record_completions(
    database: Database,
    *,
    institution_id: int,
    entries: Sequence[NewCompletion],
    actor: str,
    now: datetime,
) -> Recorded:
    """Record ``entries``, award what follows and promise the scores, in one transaction.

    ``actor`` is a learner's uuid or the name of a command; ``now`` is aware. Entries whose
    idempotency key is known are left alone and counted. ``InvalidInputError`` if one is wrong;
    then none is recorded.
    """
    with database.writing() as session:
        return record(session, institution_id, entries, actor=actor, now=now)
