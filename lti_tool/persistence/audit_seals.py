"""Seals over the audit events: position by position, each holds the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import CHUNK, Base, UTCDateTime


class AuditSeal(Base):
    """The seal of one event. ``hash`` is over the event and the hash of the position before.

    Positions are counted without a gap, in the order of sealing: an event that was written
    first may be committed last, and is sealed then.
    """

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal: how many there are, and the hash that stands for all of them."""

    position: int = 0
    hash: str = ""


def find_head(session: Session) -> Head:
    """Return the last seal; position 0 before the first one."""
    last = session.scalar(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1))
    return Head() if last is None else Head(last.position, last.hash)


def find_last_event(session: Session) -> int:
    """Return the highest internal id of an event that has a seal, 0 without any."""
    return session.scalar(select(func.max(AuditSeal.event_id))) or 0


def list_unsealed(session: Session, most: int, after: int = 0) -> list[AuditEvent]:
    """Return up to ``most`` events without a seal, in the order in which they were written.

    Only those with an internal id above ``after`` are looked at.
    """
    query = (
        select(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.position.is_(None), AuditEvent.id > after)
        .order_by(AuditEvent.id)
        .limit(most)
    )
    return list(session.scalars(query))


def count_unsealed(session: Session, before: datetime) -> int:
    """Return how many events of before an instant (aware) have no seal."""
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.position.is_(None), AuditEvent.at < before)
    )
    return session.scalar(query) or 0


def walk_seals(session: Session) -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    """Yield every seal by position with its event, None for one that is gone."""
    after = 0
    while True:
        query = (
            select(AuditSeal, AuditEvent)
            .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
            .where(AuditSeal.position > after)
            .order_by(AuditSeal.position)
            .limit(CHUNK)
        )
        found = [(seal, event) for seal, event in session.execute(query)]
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1][0].position
        session.expunge_all()
