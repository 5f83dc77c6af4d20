"""The outbox: work promised in the transaction of the fact that calls for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing


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


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt at a delivery ended; PENDING asks for another one.

    ``answer`` is a sentence for people. ``retry_after`` says in how many seconds to try again;
    None leaves that to the worker.
    """

    state: DeliveryState
    answer: str
    retry_after: float | None = None


def add_delivery(session: Session, row: dict[str, Any]) -> bool:
    """Promise a piece of work; return False when the same promise was made before."""
    found = insert_missing(
        session,
        Delivery,
        [
            {
                "uuid": uuid4(),
                "state": DeliveryState.PENDING,
                "attempts": 0,
                "last_answer": "",
                **row,
            }
        ],
        unique=("key",),
        returning=(Delivery.id,),
    )
    return bool(found)


def lease_due(session: Session, now: datetime, lease: timedelta, limit: int = 20) -> list[Delivery]:
    """Take due deliveries under a lease: of every lane only the oldest that is pending."""
    heads = (
        select(func.min(Delivery.id))
        .where(Delivery.state == DeliveryState.PENDING)
        .group_by(Delivery.lane)
    )
    query = (
        select(Delivery)
        .where(
            Delivery.id.in_(heads),
            Delivery.due_at <= now,
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(session.scalars(query))
    for delivery in found:
        delivery.leased_until = now + lease
        delivery.attempts += 1
    session.flush()
    return found


def settle(
    session: Session, delivery_id: int, state: DeliveryState, answer: str, now: datetime
) -> None:
    """Note how a delivery ended."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=state, last_answer=answer, settled_at=now, leased_until=None)
    )


def retry_later(session: Session, delivery_id: int, due_at: datetime, answer: str) -> None:
    """Note an attempt that did not succeed and when the next one is due."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(due_at=due_at, last_answer=answer, leased_until=None)
    )


def supersede_stale(session: Session, kind: str, now: datetime) -> None:
    """Take back every pending delivery of a kind behind which a newer one of its lane waits."""
    newer = aliased(Delivery)
    session.execute(
        update(Delivery)
        .where(
            Delivery.kind == kind,
            Delivery.state == DeliveryState.PENDING,
            select(newer.id)
            .where(
                newer.lane == Delivery.lane,
                newer.id > Delivery.id,
                newer.state == DeliveryState.PENDING,
            )
            .exists(),
        )
        .values(
            state=DeliveryState.SUPERSEDED,
            last_answer="A newer score took its place.",
            settled_at=now,
            leased_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def supersede_older(session: Session, lane: str, newer_id: int, now: datetime) -> None:
    """Take back what was promised in this lane before ``newer_id`` and is not sent yet."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.lane == lane,
            Delivery.id < newer_id,
            Delivery.state == DeliveryState.PENDING,
        )
        .values(state=DeliveryState.SUPERSEDED, settled_at=now, leased_until=None)
    )


def list_in_context(session: Session, context_id: int) -> list[Delivery]:
    """Return the deliveries of a course, the oldest first."""
    query = select(Delivery).where(Delivery.context_id == context_id).order_by(Delivery.id)
    return list(session.scalars(query))
