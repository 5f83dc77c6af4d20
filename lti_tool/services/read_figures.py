"""Use case: read the figures of the whole installation that a monitoring system asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.figures import count_deliveries, count_facts, read_queues, read_size
from lti_tool.persistence.marks import WORKER, read_marks
from lti_tool.persistence.tool_keys import KeyState, list_tool_keys, state_since


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts, and ages in seconds. ``facts`` are completions, awards, credentials.

    ``deliveries`` are by kind and state, ``oldest`` is the age of the oldest that waits by kind.
    An age is None where there is nothing whose age it would be.
    """

    facts: Mapping[str, int]
    deliveries: Mapping[tuple[str, str], int]
    oldest: Mapping[str, float]
    worker_age: float | None
    key_age: float | None
    database_bytes: int


def read_figures(database: Database, *, now: datetime) -> Figures:
    """Return the figures at ``now`` (aware). Nothing in them is about a person."""
    with database.reading() as session:
        worker_at = read_marks(session).get(WORKER)
        signing = [key for key in list_tool_keys(session) if key.state == KeyState.CURRENT]
        return Figures(
            facts=count_facts(session),
            deliveries=count_deliveries(session),
            oldest={
                queue.kind: (now - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
                for queue in read_queues(session)
            },
            worker_age=None if worker_at is None else (now - worker_at).total_seconds(),
            key_age=(now - state_since(signing[0])).total_seconds() if signing else None,
            database_bytes=read_size(session),
        )
