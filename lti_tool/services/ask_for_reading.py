"""Use case: let a course, or all courses of a source, be read now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import find_readings, hasten_readings
from lti_tool.persistence.evidence_sources import (
    EvidenceSource,
    get_evidence_source,
    list_sources_for,
)


def ask_for_reading(
    database: Database,
    *,
    now: datetime,
    context_id: int | None = None,
    source_uuid: UUID | None = None,
    within: int | None = None,
) -> int:
    """Let the readings of a course, or of a source, be due; return how many there are.

    What a source has asked for by Retry-After holds all the same. ``NotFoundError`` for a source
    that is not there, or not ``within`` the institution.
    """
    with database.writing() as session:
        if source_uuid is not None:
            source = get_evidence_source(session, source_uuid, within)
            _let_go(source)
            return hasten_readings(session, source.id, now)
        count = 0
        if context_id is not None:
            mine = {source.id: source for source in list_sources_for(session, context_id)}
            for source_id, reading in find_readings(session, context_id).items():
                if source_id in mine:
                    _let_go(mine[source_id])
                    reading.due_at, count = now, count + 1
            session.flush()
        return count


def _let_go(source: EvidenceSource) -> None:
    """Let a source be asked again by whoever has mended it; what it asked for itself holds."""
    if source.problem != "source-busy":
        source.held_until = None
