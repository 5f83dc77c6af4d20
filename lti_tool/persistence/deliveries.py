"""The outbox: work promised in the transaction of the fact that calls for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class DeliveryState(StrEnum):
    """Where a delivery stands. Only pending ones are taken up by the worker."""

    PENDING = "pending"
    DONE = "done"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Delivery(Base):
    """One promised piece of work, for now always a score.

    ``key`` is unique: the same promise is made once. ``lane`` puts deliveries that must go one
    after the other behind each other (scores of one learner in one column). A worker holds a
    delivery while ``leased_until`` is in the future; a lease that runs out is taken again.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(255), unique=True)
    lane: Mapped[str] = mapped_column(String(255), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PENDING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_answer: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
