"""The outbox: work promised in the transaction of the fact that calls for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.courses import Context
from lti_tool.persistence.platforms import Deployment


class DeliveryState(StrEnum):
    """Where a delivery stands.

    The worker takes up pending ones, and held ones, too, which wait for somebody to change
    something (an administrator, a roster). Failed ones wait for a resend; overridden ones for a
    teacher's choice, since another grade stands in the gradebook. None is ever dropped.
    """

    PENDING = "pending"
    HELD = "held"
    DONE = "done"
    SUPERSEDED = "superseded"
    OVERRIDDEN = "overridden"
    FAILED = "failed"


SCORE, CREDENTIAL, TRANSCRIPT = "score", "credential", "transcript"
"""The kinds of deliveries."""

WAITING = (DeliveryState.PENDING, DeliveryState.HELD)
"""What the worker takes up once it is due."""

UNDELIVERED = (*WAITING, DeliveryState.OVERRIDDEN, DeliveryState.FAILED)
"""What is not in the gradebook."""


class Delivery(Base):
    """One promised piece of work: a score for a gradebook, a credential or transcript to be issued.

    ``key`` is unique: the same promise is made once. ``lane`` puts deliveries that must go one
    after the other behind each other (scores of one learner in one column). A worker holds a
    delivery while ``leased_until`` is in the future; a lease that runs out is taken again.
    ``context_id`` is None where no course is concerned. What ``is_bulk`` goes last, however long it
    has waited: one award made now does not stand behind ten thousand of an import.
    ``reason`` is the kind of the last answer, ``last_answer`` a sentence for people about it,
    ``tried_at`` when it came. ``settled_at`` is None while it waits.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_kind_state", "kind", "state"),
        Index("ix_deliveries_in_order", "kind", "settled_at", "is_bulk", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(255), unique=True)
    lane: Mapped[str] = mapped_column(String(255), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    is_bulk: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PENDING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(30), default="", server_default="")
    last_answer: Mapped[str] = mapped_column(Text, default="")
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt at a delivery ended; PENDING and HELD ask for another one.

    ``answer`` is a sentence for people, ``reason`` the kind of it. ``retry_after`` says in how
    many seconds to try again; None leaves that to the worker. With ``holds_platform`` nothing
    is sent through the same registration before that.
    """

    state: DeliveryState
    answer: str
    retry_after: float | None = None
    reason: str = ""
    holds_platform: bool = False


def promise_key(award_uuid: UUID | str) -> str:
    """Return the key of the promise of an award's credential."""
    return f"credential:{award_uuid}"


def transcript_key(award_uuid: UUID | str) -> str:
    """Return the key of the promise of an award's transcript."""
    return f"transcript:{award_uuid}"


def add_delivery(session: Session, row: dict[str, Any]) -> bool:
    """Promise a piece of work; return False when the same promise was made before."""
    return bool(add_deliveries(session, [row]))


def add_deliveries(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Promise pieces of work; return how many of them were not promised before."""
    fresh = {"state": DeliveryState.PENDING, "attempts": 0, "last_answer": "", "is_bulk": False}
    found = insert_missing(
        session,
        Delivery,
        [{"uuid": uuid4(), **fresh, **row} for row in rows],
        unique=("key",),
        returning=(Delivery.id,),
    )
    return len(found)


def lease_due(
    session: Session, kind: str, now: datetime, lease: timedelta, limit: int
) -> list[Delivery]:
    """Take due deliveries of a kind under a lease: of every lane only the oldest that waits.

    Those whose worker never said how they ended are left to ``lease_lost``.
    """
    # By the index in this order, so that ten thousand that wait cost no more than ten.
    query = _due(kind, now).where(Delivery.leased_until.is_(None)).limit(limit)
    found = list(session.scalars(query))
    for delivery in found:
        delivery.leased_until = now + lease
        delivery.attempts += 1
    session.flush()
    return found


def lease_lost(
    session: Session, kind: str, now: datetime, lease: timedelta, wait: Callable[[int], timedelta]
) -> Delivery | None:
    """Take one delivery whose lease ran out: its worker has died, perhaps over this very one.

    It is put off by ``wait`` (of its attempts) meanwhile, so that one that ends every worker does
    not come first again, and takes nothing down with it.
    """
    query = _due(kind, now).where(Delivery.leased_until <= now).limit(1)
    delivery = session.scalar(query)
    if delivery is not None:
        delivery.leased_until = now + lease
        delivery.attempts += 1
        delivery.due_at = now + wait(delivery.attempts)
        session.flush()
    return delivery


def _due(kind: str, now: datetime) -> Select[Delivery]:
    ahead = aliased(Delivery)
    is_behind = (
        select(ahead.id)
        .where(ahead.lane == Delivery.lane, ahead.id < Delivery.id, ahead.settled_at.is_(None))
        .exists()
    )
    return (
        select(Delivery)
        .where(
            Delivery.kind == kind,
            Delivery.settled_at.is_(None),
            Delivery.due_at <= now,
            ~is_behind,
        )
        .order_by(Delivery.is_bulk, Delivery.due_at, Delivery.id)
        .with_for_update(skip_locked=True)
    )


def list_deliveries(session: Session, ids: Collection[int]) -> dict[int, Delivery]:
    """Return these deliveries (some hundreds), by internal id."""
    query = select(Delivery).where(Delivery.id.in_(sorted(ids)))
    return {delivery.id: delivery for delivery in session.scalars(query)}


def _is_free(delivery: type[Delivery], now: datetime) -> ColumnElement[bool]:
    return or_(delivery.leased_until.is_(None), delivery.leased_until <= now)


def settle(session: Session, delivery: Delivery, attempt: Attempt, now: datetime) -> bool:
    """Note how an attempt ended; False when the lease was lost meanwhile and nothing is noted.

    ``delivery`` is as ``lease_due`` gave it. An attempt that asks for another one is due again
    after its ``retry_after``.
    """
    is_over = attempt.state not in WAITING
    values: dict[str, Any] = {"settled_at": now if is_over else None}
    if not is_over:
        values["due_at"] = now + timedelta(seconds=max(attempt.retry_after or 0.0, 0.0))
    if attempt.holds_platform:
        # It was not about this delivery: a long pause must not use up its attempts.
        values["attempts"] = Delivery.attempts - 1
    noted = session.scalar(
        update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.state.in_(WAITING),
            Delivery.leased_until == delivery.leased_until,
        )
        .values(
            state=attempt.state,
            reason=attempt.reason,
            last_answer=attempt.answer,
            tried_at=now,
            leased_until=None,
            **values,
        )
        .returning(Delivery.id)
    )
    return noted is not None


def reopen(session: Session, delivery: Delivery, payload: dict[str, Any], now: datetime) -> bool:
    """Let a delivery that stopped, or is held, be tried at once with this payload.

    False when it is under way or settled meanwhile: then nothing changes.
    """
    reopened = session.scalar(
        update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.state == delivery.state,
            _is_free(Delivery, now),
        )
        .values(
            state=DeliveryState.PENDING,
            payload=payload,
            reason="",
            last_answer="",
            due_at=now,
            attempts=0,
            settled_at=None,
            leased_until=None,
        )
        .returning(Delivery.id)
    )
    return reopened is not None


def close(session: Session, delivery: Delivery, attempt: Attempt, now: datetime) -> bool:
    """Settle a delivery by a person's decision; False when it has changed meanwhile."""
    closed = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == delivery.state)
        .values(
            state=attempt.state,
            reason=attempt.reason,
            last_answer=attempt.answer,
            settled_at=now,
        )
        .returning(Delivery.id)
    )
    return closed is not None


def hold_back(session: Session, context_id: int, until: datetime) -> None:
    """Let nothing that waits for the registration of a course be due before ``until``."""
    mine = select(Deployment.registration_id).join(Context).where(Context.id == context_id)
    contexts = (
        select(Context.id)
        .join(Deployment)
        .where(Deployment.registration_id == mine.scalar_subquery())
    )
    session.execute(
        update(Delivery)
        .where(
            Delivery.context_id.in_(contexts),
            Delivery.state.in_(WAITING),
            Delivery.due_at < until,
        )
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )


def supersede_stale(session: Session, kind: str, now: datetime) -> None:
    """Take back what is not delivered and behind which a newer one of its lane waits.

    What is being sent at this moment is left alone until that has ended, so that the newer one
    goes out after it and not beside it.
    """
    newer = aliased(Delivery)
    session.execute(
        update(Delivery)
        .where(
            Delivery.kind == kind,
            Delivery.state.in_(UNDELIVERED),
            _is_free(Delivery, now),
            select(newer.id)
            .where(
                newer.lane == Delivery.lane,
                newer.id > Delivery.id,
                newer.state.in_(WAITING),
            )
            .exists(),
        )
        .values(
            state=DeliveryState.SUPERSEDED,
            reason="superseded",
            last_answer="A newer score took its place.",
            settled_at=now,
            leased_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def reopen_settled(
    session: Session, kind: str, keys: Sequence[str], now: datetime, *, is_bulk: bool = False
) -> int:
    """Let those of these promises that are settled be done again; return how many these are.

    What waits or is under way is left alone.
    """
    count = 0
    for start in range(0, len(keys), CHUNK):
        done = session.execute(
            update(Delivery)
            .where(
                Delivery.kind == kind,
                Delivery.key.in_(keys[start : start + CHUNK]),
                Delivery.state.not_in(WAITING),
            )
            .values(
                state=DeliveryState.PENDING,
                is_bulk=is_bulk,
                reason="",
                last_answer="",
                due_at=now,
                attempts=0,
                settled_at=None,
                leased_until=None,
            )
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
        count += len(done.all())
    return count


def find_delivery(session: Session, key: str) -> Delivery | None:
    """Return the promise of this key."""
    return session.scalar(select(Delivery).where(Delivery.key == key))


def list_failed(session: Session, kind: str, keys: Sequence[str]) -> list[Delivery]:
    """Return those of these promises that have failed."""
    found: list[Delivery] = []
    for start in range(0, len(keys), CHUNK):
        query = select(Delivery).where(
            Delivery.kind == kind,
            Delivery.state == DeliveryState.FAILED,
            Delivery.key.in_(keys[start : start + CHUNK]),
        )
        found.extend(session.scalars(query))
    return found


def list_of_keys(session: Session, keys: Sequence[str]) -> list[Delivery]:
    """Return those of these promises that were made, oldest first."""
    found: list[Delivery] = []
    for start in range(0, len(keys), CHUNK):
        query = select(Delivery).where(Delivery.key.in_(keys[start : start + CHUNK]))
        found.extend(session.scalars(query.order_by(Delivery.id)))
    return found
