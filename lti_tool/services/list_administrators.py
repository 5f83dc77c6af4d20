"""Use case: show an operator who looks after the tool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.administrators import ADMINISTRATOR
from lti_tool.persistence.administrators import list_administrators as list_rows
from lti_tool.persistence.base import Database


@dataclass(frozen=True, slots=True)
class AdministratorRow:
    """One administrator; ``institution`` is a key, None for the whole tool."""

    uuid: UUID
    name: str
    institution: str | None
    created_at: datetime
    roles: tuple[str, ...]


def list_administrators(database: Database) -> list[AdministratorRow]:
    """Return the administrators who are not removed, the oldest first."""
    with database.reading() as session:
        return [
            AdministratorRow(
                row.uuid, row.name, key, row.created_at, tuple(row.roles or [ADMINISTRATOR])
            )
            for row, key in list_rows(session)
        ]
