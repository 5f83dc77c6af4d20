"""Use case: find out whether this process can serve pages: database, its shape, work that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.healthy import UNTAKEN_LONG
from lti_tool.persistence.base import Database
from lti_tool.persistence.figures import find_untaken
from lti_tool.persistence.schema import is_current


@dataclass(frozen=True, slots=True)
class Readiness:
    """``oldest_seconds``: for how long the oldest due work waits for a worker; None for none."""

    is_schema_current: bool
    oldest_seconds: int | None = None

    @property
    def is_worked(self) -> bool:
        """Whether some worker takes what is due."""
        seconds = self.oldest_seconds
        return seconds is None or seconds <= UNTAKEN_LONG.total_seconds()


def check_readiness(database: Database, *, now: datetime) -> Readiness:
    """Look at the database; whatever it raises when it does not answer goes on."""
    if not is_current(database):
        return Readiness(is_schema_current=False)
    with database.reading() as session:
        since = find_untaken(session, now)
    seconds = None if since is None else int((now - since).total_seconds())
    return Readiness(is_schema_current=True, oldest_seconds=seconds)
