"""When each course is read from its source, how far that is, and the facts that were kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lti_tool.persistence.base import CHUNK, Base, ExactDecimal, UTCDateTime, insert_missing
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.courses import Context
from lti_tool.persistence.evidence_sources import EvidenceMapping, EvidenceSource
from lti_tool.persistence.learners import Identity, Learner, Membership, lock_name


class EvidenceReading(Base):
    """The reading of one course from one source: due, begun, or finished.

    ``cursor`` is where it goes on, None before it begins. ``seen`` are the items ("kind:key")
    that the source has named in this pass, of those that rules ask for. ``failures`` counts those
    in a row. ``strangers`` is how many the source named who are not in the course here.
    """

    __tablename__ = "evidence_readings"
    __table_args__ = (UniqueConstraint("source_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("evidence_sources.id"))
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cursor: Mapped[str | None] = mapped_column(Text)
    seen: Mapped[list[str]] = mapped_column(JSON, default=list)
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    strangers: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class EvidenceFact(Base):
    """What a source told of one learner that changed something; append-only.

    ``number`` counts what was told under one rule of one learner. ``original`` is the value as
    the source wrote it, ``at`` when it was reached by the source's clock, ``read_at`` when it was
    read. ``completion_id`` is what was recorded by it, None where one was withdrawn.
    """

    __tablename__ = "evidence_facts"
    __table_args__ = (UniqueConstraint("mapping_id", "learner_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mapping_id: Mapped[int] = mapped_column(ForeignKey("evidence_mappings.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    original: Mapped[dict[str, Any]] = mapped_column(JSON)
    percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    is_met: Mapped[bool]
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)
    content: Mapped[str] = mapped_column(String(64))
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completions.id"), index=True)


@dataclass(frozen=True, slots=True)
class LastFact:
    """The last fact that was kept under a rule of a learner, and what stands of it."""

    fact: EvidenceFact
    completion: Completion | None
    is_standing: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the courses of a source stand: how many, how many with a problem, the last reading."""

    courses: int = 0
    failing: int = 0
    last_read_at: datetime | None = None


def ensure_reading(session: Session, source_id: int, context_id: int, due_at: datetime) -> None:
    """Let a course be read by ``due_at`` at the latest."""
    fresh: dict[str, Any] = {"problem": "", "failures": 0, "strangers": 0, "seen": []}
    insert_missing(
        session,
        EvidenceReading,
        [{"source_id": source_id, "context_id": context_id, "due_at": due_at, **fresh}],
        unique=("source_id", "context_id"),
        returning=(EvidenceReading.id,),
    )
    session.execute(
        update(EvidenceReading)
        .where(
            EvidenceReading.source_id == source_id,
            EvidenceReading.context_id == context_id,
            EvidenceReading.due_at > due_at,
        )
        .values(due_at=due_at)
    )


def hasten_readings(session: Session, source_id: int, due_at: datetime) -> int:
    """Let all courses of a source be read by ``due_at``; return how many there are."""
    found = session.execute(
        update(EvidenceReading)
        .where(EvidenceReading.source_id == source_id)
        .values(due_at=due_at)
        .returning(EvidenceReading.id)
    )
    return len(found.all())


def lease_reading(
    session: Session, now: datetime, lease: timedelta, source_uuid: UUID | None = None
) -> EvidenceReading | None:
    """Take a reading that is due under a lease; of one source never two at once.

    Only where the source is switched on, may be asked, and a rule asks for something.
    """
    lock_name(session, "evidence readings")
    other = aliased(EvidenceReading)
    is_busy = (
        select(other.id)
        .where(other.source_id == EvidenceReading.source_id, other.leased_until > now)
        .exists()
    )
    is_wanted = (
        select(EvidenceMapping.id)
        .where(
            EvidenceMapping.source_id == EvidenceReading.source_id,
            EvidenceMapping.context_id == EvidenceReading.context_id,
            EvidenceMapping.ended_at.is_(None),
        )
        .exists()
    )
    query = (
        select(EvidenceReading)
        .join(EvidenceSource, EvidenceSource.id == EvidenceReading.source_id)
        .where(
            EvidenceReading.due_at <= now,
            EvidenceSource.is_enabled,
            EvidenceSource.removed_at.is_(None),
            or_(EvidenceSource.held_until.is_(None), EvidenceSource.held_until <= now),
            ~is_busy,
            is_wanted,
        )
        .order_by(EvidenceReading.due_at, EvidenceReading.id)
        .limit(1)
    )
    if source_uuid is not None:
        query = query.where(EvidenceSource.uuid == source_uuid)
    found = session.scalar(query)
    if found is not None:
        found.leased_until = now + lease
        session.flush()
    return found


def get_reading_again(
    session: Session, reading_id: int, leased_until: datetime
) -> EvidenceReading | None:
    """Return a reading, locked, if it is held by this lease still."""
    return session.scalar(
        select(EvidenceReading)
        .where(EvidenceReading.id == reading_id, EvidenceReading.leased_until == leased_until)
        .with_for_update()
    )


def find_readings(session: Session, context_id: int) -> dict[int, EvidenceReading]:
    """Return how the readings of a course stand, by the internal id of their source."""
    query = select(EvidenceReading).where(EvidenceReading.context_id == context_id)
    return {reading.source_id: reading for reading in session.scalars(query)}


def list_people(
    session: Session, context_id: int, authority: str
) -> dict[str, tuple[int, str | None]]:
    """Return the active learners of a course: what the authority calls them -> (id, name)."""
    query = (
        select(Identity.subject, Learner.id, Learner.name)
        .join(Membership, Membership.learner_id == Identity.learner_id)
        .join(Learner, Learner.id == Identity.learner_id)
        .where(
            Membership.context_id == context_id,
            Membership.is_active,
            Membership.is_instructor.is_(False),
            Identity.authority == authority,
        )
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def find_last_facts(
    session: Session, mapping_ids: Collection[int], learner_ids: Collection[int]
) -> dict[tuple[int, int], LastFact]:
    """Return the last fact by (rule, learner), each by its internal id."""
    found: dict[tuple[int, int], LastFact] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        newest = (
            select(
                EvidenceFact.mapping_id,
                EvidenceFact.learner_id,
                func.max(EvidenceFact.number).label("number"),
            )
            .where(
                EvidenceFact.mapping_id.in_(sorted(mapping_ids)),
                EvidenceFact.learner_id.in_(ids[start : start + CHUNK]),
            )
            .group_by(EvidenceFact.mapping_id, EvidenceFact.learner_id)
            .subquery()
        )
        query = (
            select(EvidenceFact, Completion, Withdrawal.id)
            .join(
                newest,
                and_(
                    newest.c.mapping_id == EvidenceFact.mapping_id,
                    newest.c.learner_id == EvidenceFact.learner_id,
                    newest.c.number == EvidenceFact.number,
                ),
            )
            .outerjoin(Completion, Completion.id == EvidenceFact.completion_id)
            .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        )
        for fact, completion, withdrawal_id in session.execute(query):
            is_standing = completion is not None and withdrawal_id is None
            found[fact.mapping_id, fact.learner_id] = LastFact(fact, completion, is_standing)
    return found


def add_fact(session: Session, row: Mapping[str, Any]) -> None:
    """Keep a fact."""
    session.add(EvidenceFact(**row))
    session.flush()


def count_standing(session: Session, mapping_ids: Collection[int]) -> dict[int, int]:
    """Return how many completions of each rule stand."""
    query = (
        select(EvidenceFact.mapping_id, func.count())
        .join(Completion, Completion.id == EvidenceFact.completion_id)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(EvidenceFact.mapping_id.in_(sorted(mapping_ids)), Withdrawal.id.is_(None))
        .group_by(EvidenceFact.mapping_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_course_of(session: Session, source: EvidenceSource) -> Context | None:
    """Return the latest course of a source's deployment, to try things on."""
    return session.scalar(
        select(Context)
        .where(Context.deployment_id == source.deployment_id)
        .order_by(Context.id.desc())
        .limit(1)
    )


def count_courses(session: Session, source_ids: Collection[int]) -> dict[int, Standing]:
    """Return how the courses of these sources stand."""
    query = (
        select(
            EvidenceReading.source_id,
            func.count(),
            func.sum(case((EvidenceReading.problem != "", 1), else_=0)),
            func.max(EvidenceReading.finished_at),
        )
        .where(EvidenceReading.source_id.in_(sorted(source_ids)))
        .group_by(EvidenceReading.source_id)
    )
    return {row[0]: Standing(row[1], int(row[2]), row[3]) for row in session.execute(query)}


def restart_reading(session: Session, source_id: int, context_id: int, now: datetime) -> None:
    """Let a course be read from the beginning, now; what is under way is not used."""
    session.execute(
        update(EvidenceReading)
        .where(EvidenceReading.source_id == source_id, EvidenceReading.context_id == context_id)
        .values(cursor=None, due_at=now, leased_until=None)
    )
