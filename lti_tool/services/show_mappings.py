"""Use case: show the rules of a course, and how their readings stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import count_standing, find_readings
from lti_tool.persistence.evidence_sources import list_mappings, list_sources_for
from lti_tool.sources.evidence import FactKind


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One rule as its teacher sees it; ``problem`` is the code of what is wrong, "" for nothing."""

    uuid: UUID
    source_name: str
    kind: FactKind
    item_name: str
    achievement_name: str
    threshold: Decimal | None
    evidence_text: str
    standing: int
    problem: str
    problem_at: datetime | None
    last_read_at: datetime | None
    next_at: datetime | None
    is_reading: bool
    strangers: int


@dataclass(frozen=True, slots=True)
class MappingsView:
    """The rules of a course, and the sources that it has: (uuid, name)."""

    rows: Sequence[MappingRow]
    sources: Sequence[tuple[UUID, str]]

    @property
    def strangers(self) -> int:
        """Return how many people a source named who are not in the course here."""
        return max((row.strangers for row in self.rows), default=0)


def show_mappings(database: Database, *, context_id: int) -> MappingsView:
    """Return the rules of a course that are not ended."""
    with database.reading() as session:
        sources = {source.id: source for source in list_sources_for(session, context_id)}
        readings = find_readings(session, context_id)
        found = [
            pair for pair in list_mappings(session, context_id) if pair[0].source_id in sources
        ]
        standing = count_standing(session, [mapping.id for mapping, _ in found])
    rows = []
    for mapping, achievement in found:
        source, reading = sources[mapping.source_id], readings.get(mapping.source_id)
        of_source = source.problem if source.is_enabled else "source-disabled"
        of_course = reading.problem if reading else ""
        held = [at for at in (reading and reading.due_at, source.held_until) if at]
        rows.append(
            MappingRow(
                uuid=mapping.uuid,
                source_name=source.name,
                kind=FactKind(mapping.kind),
                item_name=mapping.item_name,
                achievement_name=achievement.name,
                threshold=mapping.threshold,
                evidence_text=mapping.evidence_text,
                standing=standing.get(mapping.id, 0),
                problem=of_source or of_course or mapping.problem,
                problem_at=(
                    source.problem_at
                    if of_source
                    else reading.problem_at
                    if reading and of_course
                    else mapping.problem_at
                ),
                last_read_at=reading.finished_at if reading else None,
                next_at=max(held, default=None),
                is_reading=bool(reading and reading.cursor is not None),
                strangers=reading.strangers if reading else 0,
            )
        )
    names = [(one.uuid, one.name) for one in sources.values() if one.is_enabled]
    return MappingsView(rows, names)
