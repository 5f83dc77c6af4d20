"""Evidence sources and the rules that teachers make of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.courses import Context
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration


class EvidenceSource(Base):
    """A service of a learning platform that tells grades and the like, for one deployment.

    Its people and courses are those of the deployment: ``sub`` and context id are its own ids.
    ``sealed_token`` is encrypted with the secret of the configuration; None once it is removed.
    ``problem`` is the code of what keeps every course from being read, "" for nothing; nothing
    is asked before ``held_until``.
    """

    __tablename__ = "evidence_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    base_url: Mapped[str] = mapped_column(Text)
    sealed_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class EvidenceMapping(Base):
    """A teacher's rule: this item of the course, at or over this result, completes that.

    ``item_key``, ``item_name`` and ``item_detail`` are as the source told them when it was
    chosen. ``threshold`` is in percent, None where the source's own word counts. An ended rule
    reads nothing more; what it recorded stays.
    """

    __tablename__ = "evidence_mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    source_id: Mapped[int] = mapped_column(ForeignKey("evidence_sources.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    kind: Mapped[str] = mapped_column(String(20))
    item_key: Mapped[str] = mapped_column(String(255))
    item_name: Mapped[str] = mapped_column(String(255))
    item_detail: Mapped[str] = mapped_column(String(255), default="")
    threshold: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    evidence_text: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def list_evidence_sources(
    session: Session, institution_id: int | None = None
) -> list[EvidenceSource]:
    """Return the sources that are not removed, of all institutions or of one."""
    query = select(EvidenceSource).where(EvidenceSource.removed_at.is_(None))
    if institution_id is not None:
        query = query.where(EvidenceSource.institution_id == institution_id)
    return list(session.scalars(query.order_by(EvidenceSource.id)))


def list_sealed_sources(session: Session) -> list[EvidenceSource]:
    """Return the sources of all institutions that have a sealed token."""
    query = select(EvidenceSource).where(EvidenceSource.sealed_token.is_not(None))
    return list(session.scalars(query.order_by(EvidenceSource.id)))


def get_evidence_source(session: Session, uuid: UUID, within: int | None = None) -> EvidenceSource:
    """Return a source, locked, of an institution if asked; ``NotFoundError`` otherwise."""
    query = (
        select(EvidenceSource)
        .where(EvidenceSource.uuid == uuid, EvidenceSource.removed_at.is_(None))
        .with_for_update()
    )
    if within is not None:
        query = query.where(EvidenceSource.institution_id == within)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError("There is no such evidence source.")
    return found


def list_sources_for(session: Session, context_id: int) -> list[EvidenceSource]:
    """Return the sources that tell of a course: those of its deployment and institution."""
    query = (
        select(EvidenceSource)
        .join(Deployment, Deployment.id == EvidenceSource.deployment_id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(
            Context.id == context_id,
            EvidenceSource.removed_at.is_(None),
            EvidenceSource.institution_id == Deployment.institution_id,
        )
        .order_by(EvidenceSource.id)
    )
    return list(session.scalars(query))


def list_mappings(
    session: Session, context_id: int, source_id: int | None = None
) -> list[tuple[EvidenceMapping, Achievement]]:
    """Return the rules of a course that are not ended, with what they complete."""
    query = (
        select(EvidenceMapping, Achievement)
        .join(Achievement, Achievement.id == EvidenceMapping.achievement_id)
        .where(EvidenceMapping.context_id == context_id, EvidenceMapping.ended_at.is_(None))
        .order_by(EvidenceMapping.id)
    )
    if source_id is not None:
        query = query.where(EvidenceMapping.source_id == source_id)
    return [(row[0], row[1]) for row in session.execute(query)]


def get_mapping(session: Session, context_id: int, uuid: UUID) -> EvidenceMapping:
    """Return a rule of this course that is not ended, locked; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(EvidenceMapping)
        .where(
            EvidenceMapping.context_id == context_id,
            EvidenceMapping.uuid == uuid,
            EvidenceMapping.ended_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such connection in this course.")
    return found


def end_mappings(session: Session, source_id: int, now: datetime) -> Sequence[int]:
    """End all rules of a source; return their ids."""
    query = select(EvidenceMapping).where(
        EvidenceMapping.source_id == source_id, EvidenceMapping.ended_at.is_(None)
    )
    found = list(session.scalars(query))
    for mapping in found:
        mapping.ended_at = now
    session.flush()
    return [mapping.id for mapping in found]


def list_deployments_of(
    session: Session, institution_id: int
) -> list[tuple[Deployment, Registration]]:
    """Return the approved installations of an institution, with their platforms."""
    query = (
        select(Deployment, Registration)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Deployment.institution_id == institution_id,
            Deployment.state == DeploymentState.APPROVED,
        )
        .order_by(Deployment.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
