"""Use case: ask the database what time it is."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence import figures
from lti_tool.persistence.base import Database


def read_clock(database: Database) -> datetime:
    """Return the time of the database's machine, aware; SQLite's is that of this one."""
    with database.reading() as session:
        return figures.read_clock(session)
