"""A course as a source is asked about it: its id there, its people, its teachers' rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.gathering.opening import SourceDoor
from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.courses import get_context, get_context_registration
from lti_tool.persistence.evidence_readings import list_people
from lti_tool.persistence.evidence_sources import EvidenceMapping, EvidenceSource, list_mappings
from lti_tool.persistence.platforms import (
    Standing,
    find_institution_of,
    get_deployment,
    standing_of,
)
from lti_tool.sources import evidence
from lti_tool.sources.evidence import FactKind
from lti_tool.sources.source_problems import problem


@dataclass(frozen=True, slots=True)
class Person:
    """A learner of the course: the internal id, and the name if it is known."""

    learner_id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class SourceCourse:
    """One course of one source; ``key`` is the course's id there, ``people`` by their ids there."""

    source_id: int
    source_uuid: UUID
    source_name: str
    source_kind: str
    institution_id: int
    context_id: int
    key: str
    people: Mapping[str, Person]
    mappings: Sequence[tuple[EvidenceMapping, Achievement]]
    base_url: str
    sealed_token: bytes | None
    allows_loopback: bool

    @property
    def kinds(self) -> frozenset[FactKind]:
        """Return the kinds of facts that rules ask for."""
        return frozenset(FactKind(mapping.kind) for mapping, _ in self.mappings)

    @property
    def somebody(self) -> str | None:
        """Return a learner's id there, to try things on; the same one each time."""
        return min(self.people, default=None)

    def open(self, door: SourceDoor) -> evidence.EvidenceSource:
        """Return the source, so that it can be asked."""
        return door.open(
            self.source_kind,
            self.base_url,
            self.sealed_token,
            allows_loopback=self.allows_loopback,
        )


def load_course(session: Session, source: EvidenceSource, context_id: int) -> SourceCourse:
    """Return a course of a source's deployment.

    ``SourceError`` where the source, its platform or its institution is switched off.
    """
    context = get_context(session, context_id)
    row = get_context_registration(session, context_id)
    deployment = get_deployment(session, context.deployment_id)
    standing = standing_of(row, deployment, find_institution_of(session, deployment))
    is_own = (
        deployment.id == source.deployment_id and deployment.institution_id == source.institution_id
    )
    if not source.is_enabled or standing is not Standing.OPEN or not is_own:
        raise problem("source-disabled")
    people = list_people(session, context_id, registration_of(row).authority)
    return SourceCourse(
        source_id=source.id,
        source_uuid=source.uuid,
        source_name=source.name,
        source_kind=source.kind,
        institution_id=source.institution_id,
        context_id=context_id,
        key=context.lti_context_id,
        people={subject: Person(*one) for subject, one in people.items()},
        mappings=list_mappings(session, context_id, source.id),
        base_url=source.base_url,
        sealed_token=source.sealed_token,
        allows_loopback=row.allows_loopback,
    )
