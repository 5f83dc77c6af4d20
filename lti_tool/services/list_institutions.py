"""Use case: show an operator the institutions of this tool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_institutions as list_rows


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One institution; ``suspended_at`` is None while it works, ``language`` for English."""

    uuid: UUID
    key: str
    name: str
    suspended_at: datetime | None
    language: str | None = None


def list_institutions(database: Database, *, within: int | None = None) -> list[InstitutionRow]:
    """Return every institution by key; ``within`` is the only one to return (internal id)."""
    with database.reading() as session:
        return [
            InstitutionRow(row.uuid, row.key, row.name, row.suspended_at, row.language)
            for row in list_rows(session)
            if within in (None, row.id)
        ]
