"""Use case: list evidence sources, and how their readings stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.evidence_readings import Standing, count_courses
from lti_tool.persistence.evidence_sources import list_deployments_of
from lti_tool.persistence.evidence_sources import list_evidence_sources as list_rows


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source as administrators see it; never its token."""

    uuid: UUID
    institution_key: str
    institution: str
    kind: str
    name: str
    base_url: str
    platform: str
    is_enabled: bool
    problem: str
    problem_at: datetime | None
    held_until: datetime | None
    courses: int
    failing: int
    last_read_at: datetime | None


def list_evidence_sources(database: Database, *, within: int | None = None) -> Sequence[SourceRow]:
    """Return the sources of all institutions, or of one."""
    with database.reading() as session:
        found = list_rows(session, within)
        counts = count_courses(session, [source.id for source in found])
        ids = {source.institution_id for source in found}
        institutions = {one: session.get_one(Institution, one) for one in ids}
        platforms = {
            deployment.id: registration.name
            for one in ids
            for deployment, registration in list_deployments_of(session, one)
        }
    rows = []
    for source in found:
        institution = institutions[source.institution_id]
        standing = counts.get(source.id, Standing())
        rows.append(
            SourceRow(
                uuid=source.uuid,
                institution_key=institution.key,
                institution=institution.name,
                kind=source.kind,
                name=source.name,
                base_url=source.base_url,
                platform=platforms.get(source.deployment_id, ""),
                is_enabled=source.is_enabled,
                problem=source.problem,
                problem_at=source.problem_at,
                held_until=source.held_until,
                courses=standing.courses,
                failing=standing.failing,
                last_read_at=standing.last_read_at,
            )
        )
    return rows
