"""Use case: note that something of the whole installation happened now."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.marks import set_mark


def note_mark(database: Database, name: str, *, now: datetime) -> None:
    """Keep ``now`` under ``name`` (the worker is there, a backup was made)."""
    with database.writing() as session:
        set_mark(session, name, now)
