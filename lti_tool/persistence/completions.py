"""Completions (append-only), their withdrawals, and the evidence learners hand in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.persistence.base import (
    CHUNK,
    Base,
    ExactDecimal,
    Sought,
    UTCDateTime,
    UUIDText,
    insert_missing,
)
from lti_tool.persistence.catalog import Achievement, Institution


class Completion(Base):
    """One recorded attempt of a learner at an achievement.

    Never edited and never deleted: a mistake is undone by a Withdrawal. ``source`` says where
    the fact came from ("teacher", "evidence", "oulad"), ``idempotency_key`` is unique within
    the institution, so that the same fact sent twice is one row. ``content_hash`` stands for all
    that was said under a key that another system chose. ``credits`` and ``scale`` are the
    achievement's on the day of recording, unless a decision said otherwise. It is valid before
    ``valid_until`` (None: for good). ``attributes`` is what the rules are told of it besides, such
    as its issuer elsewhere.
    """

    __tablename__ = "completions"
    __table_args__ = (UniqueConstraint("institution_id", "idempotency_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"), index=True)
    grade: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    scale: Mapped[str] = mapped_column(String(50))
    credits: Mapped[Decimal] = mapped_column(ExactDecimal)
    is_recognised: Mapped[bool] = mapped_column(default=False)
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(50))
    idempotency_key: Mapped[str] = mapped_column(String(255))
    content_hash: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Withdrawal(Base):
    """The second record that undoes a completion entered by mistake. Append-only."""

    __tablename__ = "withdrawals"

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completions.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    """A completion with what it completed, and whether it was withdrawn."""

    completion: Completion
    achievement: Achievement
    is_withdrawn: bool


class EvidenceState(StrEnum):
    """Where a piece of evidence stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Evidence(Base):
    """What a learner hands in for an achievement in a course, and what the teacher decided."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=EvidenceState.SUBMITTED)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    decision_note: Mapped[str] = mapped_column(Text, default="")
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completions.id"))


def add_completions(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """Insert completions; return the uuid of each that is new, by its idempotency key.

    Every row holds all columns of the table but the id.
    """
    found = insert_missing(
        session,
        Completion,
        rows,
        unique=("institution_id", "idempotency_key"),
        returning=(Completion.idempotency_key, Completion.uuid),
    )
    return dict(found)


def get_completion(session: Session, institution_id: int, uuid: UUID) -> Completion:
    """Return a completion of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Completion).where(
            Completion.institution_id == institution_id, Completion.uuid == uuid
        )
    )
    if found is None:
        raise NotFoundError("There is no such completion.")
    return found


def list_completions(
    session: Session, learner_ids: Collection[int]
) -> list[tuple[Completion, str, datetime | None]]:
    """Return (completion, achievement key, withdrawn at) of these learners, in stable order."""
    found: list[tuple[Completion, str, datetime | None]] = []
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(Completion, Achievement.key, Withdrawal.recorded_at)
            .join(Achievement, Achievement.id == Completion.achievement_id)
            .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
            .where(Completion.learner_id.in_(ids[start : start + CHUNK]))
            .order_by(Completion.learner_id, Completion.id)
        )
        found.extend((row[0], row[1], row[2]) for row in session.execute(query))
    return found


class FactRow(NamedTuple):
    """What rules ask of a completion; ``withdrawn_at`` is None for what stands."""

    learner_id: int
    institution_id: int
    institution_key: str
    uuid: str
    key: str
    completed_on: date
    recorded_at: datetime
    credits: Decimal
    grade: Decimal | None
    scale: str
    valid_until: date | None
    attributes: dict[str, Any] | None
    withdrawn_at: datetime | None


_FACTS = Sought(
    select(
        Completion.learner_id,
        Completion.institution_id,
        Institution.key.label("institution_key"),
        type_coerce(Completion.uuid, UUIDText()),
        Achievement.key,
        Completion.completed_on,
        Completion.recorded_at,
        Completion.credits,
        Completion.grade,
        Completion.scale,
        Completion.valid_until,
        Completion.attributes,
        Withdrawal.recorded_at.label("withdrawn_at"),
    )
    .join(Achievement, Achievement.id == Completion.achievement_id)
    .join(Institution, Institution.id == Completion.institution_id)
    .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
    .order_by(Completion.learner_id, Completion.id),
    Completion.learner_id,
)


def list_facts(session: Session, learner_ids: Collection[int]) -> list[FactRow]:
    """Return what rules ask of the completions of these learners, in stable order."""
    return [FactRow._make(row) for row in _FACTS.rows(session, learner_ids)]


def add_withdrawal(
    session: Session, completion_id: int, reason: str, recorded_by: int | None, now: datetime
) -> Withdrawal:
    """Undo a completion by a second record; ``ConflictError`` when that was done already."""
    made = insert_missing(
        session,
        Withdrawal,
        [
            {
                "completion_id": completion_id,
                "reason": reason,
                "recorded_by": recorded_by,
                "recorded_at": now,
            }
        ],
        unique=("completion_id",),
        returning=(Withdrawal.id,),
    )
    if not made:
        raise ConflictError("This completion has been withdrawn already.")
    return session.get_one(Withdrawal, made[0][0])


def list_completions_in(
    session: Session,
    context_id: int,
    learner_ids: Collection[int] | None = None,
    *,
    most_each: int | None = None,
) -> list[CourseCompletion]:
    """Return what was recorded in a course, the latest first; of a page of learners if asked.

    ``most_each`` is how many of each learner at most.
    """
    query = (
        select(Completion, Achievement, Withdrawal.id.is_not(None))
        .join(Achievement, Achievement.id == Completion.achievement_id)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(Completion.context_id == context_id)
        .order_by(Completion.id.desc())
    )
    if learner_ids is not None:
        query = query.where(Completion.learner_id.in_(sorted(learner_ids)))
    if most_each is not None:
        place = func.row_number().over(
            partition_by=Completion.learner_id, order_by=Completion.id.desc()
        )
        here = select(Completion.id, place.label("place")).where(
            Completion.context_id == context_id,
            Completion.learner_id.in_(sorted(learner_ids or ())),
        )
        latest = here.subquery()
        query = query.join(latest, latest.c.id == Completion.id).where(latest.c.place <= most_each)
    return [CourseCompletion(*row) for row in session.execute(query)]


def count_completions_in(
    session: Session, context_id: int, learner_ids: Collection[int]
) -> dict[int, int]:
    """Return how much was recorded in a course of each of these learners."""
    query = (
        select(Completion.learner_id, func.count())
        .where(Completion.context_id == context_id, Completion.learner_id.in_(sorted(learner_ids)))
        .group_by(Completion.learner_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def add_evidence(session: Session, row: Mapping[str, Any]) -> bool:
    """Store what a learner hands in; False when the same form was sent before."""
    return bool(
        insert_missing(session, Evidence, [row], unique=("uuid",), returning=(Evidence.id,))
    )


def get_evidence(session: Session, context_id: int, uuid: UUID) -> Evidence:
    """Return a piece of evidence of this course, locked; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Evidence)
        .where(Evidence.context_id == context_id, Evidence.uuid == uuid)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such evidence in this course.")
    return found


def find_learner_of(session: Session, context_id: int, uuid: UUID) -> int | None:
    """Return whose completion this is, if it was recorded in this course."""
    return session.scalar(
        select(Completion.learner_id).where(
            Completion.context_id == context_id, Completion.uuid == uuid
        )
    )


_CONTENTS = Sought(
    select(Completion.idempotency_key, Completion.content_hash).where(
        Completion.institution_id == bindparam("institution")
    ),
    Completion.idempotency_key,
)


def find_contents(
    session: Session, institution_id: int, keys: Sequence[str]
) -> dict[str, str | None]:
    """Return the content hash of each of these idempotency keys that is known already."""
    rows = _CONTENTS.rows(session, keys, institution=institution_id)
    return {row[0]: row[1] for row in rows}


def find_completion_id(session: Session, institution_id: int, key: str) -> int | None:
    """Return the internal id of the completion with this idempotency key."""
    return session.scalar(
        select(Completion.id).where(
            Completion.institution_id == institution_id, Completion.idempotency_key == key
        )
    )


def list_recorded_learners(
    session: Session, institution_id: int, most: int
) -> tuple[list[int], int]:
    """Return learners of an institution with any completion, ``most`` at most, and their number."""
    query = (
        select(Completion.learner_id).where(Completion.institution_id == institution_id).distinct()
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(Completion.learner_id).limit(most))), total
