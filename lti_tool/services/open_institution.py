"""Open an institution: the tenant that stacks, learners and awards belong to."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import ensure_institution


def open_institution(database: Database, *, key: str, name: str, now: datetime) -> int:
    """Return the internal id of the institution with this key, opened now if it is new."""
    with database.writing() as session:
        return ensure_institution(session, key, name, now).id
