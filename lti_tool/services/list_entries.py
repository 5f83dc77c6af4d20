"""Use case: list the catalogue as its authors see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from lti_tool.persistence.alignments import list_aligned
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.elements import list_described


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An achievement: whether it is described, and with how much it is aligned."""

    uuid: UUID
    key: str
    name: str
    is_award: bool
    is_described: bool
    has_excuse: bool
    alignments: int


def list_entries(database: Database, *, institution_id: int) -> list[EntryRow]:
    """Return every achievement of an institution, by name."""
    with database.reading() as session:
        described = {found.id: row for found, row in list_described(session, institution_id)}
        aligned = Counter(row.achievement_id for row, _ in list_aligned(session, institution_id))
        return [
            EntryRow(
                found.uuid,
                found.key,
                found.name,
                found.is_award,
                is_described=found.id in described,
                has_excuse=found.id in described and bool(described[found.id].despite),
                alignments=aligned[found.id],
            )
            for found in list_achievements(session, institution_id)
        ]
