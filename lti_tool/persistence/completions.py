"""Completions (append-only), their withdrawals, and the evidence learners hand in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime


class Completion(Base):
    """One recorded attempt of a learner at an achievement.

    Never edited and never deleted: a mistake is undone by a Withdrawal. ``source`` says where
    the fact came from ("teacher", "evidence", "oulad"), ``idempotency_key`` is unique within
    the institution, so that the same fact sent twice is one row. ``credits`` and ``scale`` are
    the achievement's on the day of recording.
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
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(50))
    idempotency_key: Mapped[str] = mapped_column(String(255))
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
