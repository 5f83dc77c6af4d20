"""The secret address at which a calendar reads what ends for a learner."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class CalendarAddress(Base):
    """One learner's address, while they want one.

    Its token follows from ``salt`` and the secret key, so that these rows alone open nothing.
    ``context_id`` is the course from which they asked: the days lead back to its page.
    """

    __tablename__ = "calendar_addresses"

    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"))
    salt: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_calendar(session: Session, learner_id: int) -> CalendarAddress | None:
    """Return a learner's address, if they have one."""
    return session.get(CalendarAddress, learner_id)


def add_calendar(
    session: Session, learner_id: int, context_id: int, salt: str, now: datetime
) -> None:
    """Give a learner an address."""
    session.add(
        CalendarAddress(learner_id=learner_id, context_id=context_id, salt=salt, created_at=now)
    )


def end_calendar(session: Session, learner_id: int) -> None:
    """End a learner's address, if there is one."""
    session.execute(delete(CalendarAddress).where(CalendarAddress.learner_id == learner_id))
    session.flush()
