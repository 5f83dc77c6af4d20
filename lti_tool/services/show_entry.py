"""Use case: show one achievement of the catalogue: its description and its alignments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lti_tool.credentials.elements import Elements
from lti_tool.credentials.european import missing
from lti_tool.issuing.alignments import alignments_of
from lti_tool.issuing.elements import read_elements
from lti_tool.persistence.alignments import list_alignments
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement, get_institution_by_id


@dataclass(frozen=True, slots=True)
class AlignmentLine:
    """One alignment in words: where it leads, how that is called, in which framework."""

    uuid: UUID
    url: str
    name: str
    framework: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An achievement as its authors see it.

    ``number`` is that of the description that holds, 0 without one; ``missing`` says of each
    mandatory European element that is not there what it is; ``despite`` why that may be so.
    """

    institution_key: str
    uuid: UUID
    key: str
    name: str
    is_award: bool
    credits: Decimal
    number: int
    elements: Elements
    missing: tuple[str, ...]
    despite: str
    alignments: tuple[AlignmentLine, ...]


def show_entry(database: Database, *, institution_id: int, achievement_uuid: UUID) -> Entry:
    """Return an achievement of an institution; ``NotFoundError`` for any other."""
    with database.reading() as session:
        found = get_achievement(session, institution_id, achievement_uuid)
        described = read_elements(session, found)
        elements = described.elements or Elements()
        rows = list_alignments(session, found.id)
        targets = alignments_of(session, rows)
        return Entry(
            institution_key=get_institution_by_id(session, institution_id).key,
            uuid=found.uuid,
            key=found.key,
            name=found.name,
            is_award=found.is_award,
            credits=found.credits,
            number=described.row.number if described.row else 0,
            elements=elements,
            missing=tuple(one.sentence for one in missing(elements, credit_amount=found.credits)),
            despite=described.row.despite if described.row else "",
            alignments=tuple(
                AlignmentLine(
                    row.uuid,
                    target.target_url,
                    target.target_name,
                    target.target_framework or target.target_type,
                )
                for row, target in zip(rows, targets, strict=True)
            ),
        )
