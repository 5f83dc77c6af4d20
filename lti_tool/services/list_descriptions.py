"""Use case: list the achievements of an institution with what they say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.credentials.element_text import elements_of
from lti_tool.credentials.elements import Elements
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.elements import list_described


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An achievement and the description that holds; ``elements`` is None where there is none.

    ``excused`` are the mandatory elements that are left out for the reason ``despite``.
    ``image_hash`` is empty where the badge is drawn.
    """

    uuid: UUID
    key: str
    name: str
    description: str
    credits: Decimal
    elements: Elements | None
    number: int
    image_hash: str
    despite: str
    excused: tuple[str, ...]
    described_at: datetime | None


def list_descriptions(database: Database, institution_key: str) -> list[CatalogueEntry]:
    """Return every achievement of an institution by name; ``NotFoundError`` without the former."""
    with database.reading() as session:
        institution = get_institution(session, institution_key)
        rows = {a.id: row for a, row in list_described(session, institution.id)}
        found = []
        for each in list_achievements(session, institution.id):
            row = rows.get(each.id)
            found.append(
                CatalogueEntry(
                    uuid=each.uuid,
                    key=each.key,
                    name=each.name,
                    description=each.description,
                    credits=each.credits,
                    elements=None if row is None else elements_of(row.elements),
                    number=0 if row is None else row.number,
                    image_hash="" if row is None else row.image_hash,
                    despite="" if row is None else row.despite,
                    excused=() if row is None else tuple(row.excused),
                    described_at=None if row is None else row.described_at,
                )
            )
    return found
