"""Use case: list the competency frameworks that an institution may align with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.alignments import count_aligned
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.frameworks import Framework
from lti_tool.persistence.frameworks import list_frameworks as list_rows


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A framework; ``alignments`` are those of all institutions."""

    uuid: UUID
    kind: str
    uri: str
    title: str
    publisher: str
    version: str
    licence: str
    attribution: str
    source: str
    language: str
    items: int
    alignments: int
    is_shared: bool
    imported_at: datetime


def list_frameworks(database: Database, *, institution_key: str) -> list[FrameworkRow]:
    """Return an institution's own frameworks and the shared ones, by title.

    ``NotFoundError`` for an unknown institution.
    """
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        return [
            framework_row(row, count_aligned(session, row.id))
            for row in list_rows(session, institution_id)
        ]


def framework_row(row: Framework, alignments: int) -> FrameworkRow:
    """Return a framework as it is listed."""
    return FrameworkRow(
        uuid=row.uuid,
        kind=row.kind,
        uri=row.uri,
        title=row.title,
        publisher=row.publisher,
        version=row.version,
        licence=row.licence,
        attribution=row.attribution,
        source=row.source,
        language=row.language,
        items=row.item_count,
        alignments=alignments,
        is_shared=row.institution_id is None,
        imported_at=row.imported_at,
    )
