"""Use case: an administrator puts the first steps away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.administrators import get_administrator
from lti_tool.persistence.base import Database


def hide_first_steps(database: Database, administrator: UUID, *, now: datetime) -> None:
    """Show the first steps to this administrator no longer."""
    with database.writing() as session:
        found = get_administrator(session, administrator)
        found.checklist_hidden_at = found.checklist_hidden_at or now
