"""Awards with their receipts, and the reviews that withdrawn completions open."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class Award(Base):
    """The decision that a learner met a stack: once per learner and stack, never removed.

    ``receipt`` is what was counted, where, under which version (``stacking_rules.receipt``).
    ``awarded_on`` is the date of the latest fact that counted.
    """

    __tablename__ = "awards"
    __table_args__ = (UniqueConstraint("learner_id", "stack_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    stack_id: Mapped[int] = mapped_column(ForeignKey("stacks.id"), index=True)
    stack_version_id: Mapped[int] = mapped_column(ForeignKey("stack_versions.id"))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    awarded_on: Mapped[date]
    receipt: Mapped[dict[str, object]] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AwardReview(Base):
    """A question to a person: does this award still stand after a completion was withdrawn?

    Opened only when the award cannot be explained by what is left. One open review per award
    and withdrawal.
    """

    __tablename__ = "award_reviews"
    __table_args__ = (UniqueConstraint("award_id", "withdrawal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("withdrawals.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
