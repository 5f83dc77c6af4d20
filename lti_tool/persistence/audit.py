"""Who did what and when: append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.prepared import Prepared


class AuditEvent(Base):
    """One act, written in the transaction of the act itself.

    ``actor`` is the uuid of a learner, the name of a command ("cli:import oulad"), or an
    administrator ("admin:" with the uuid).
    ``detail`` holds uuids and numbers, never names, grades or tokens.
    """

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(100), default="")
    detail: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


_PLAIN: Any = AuditEvent.__table__
_ADD = Prepared(
    insert(_PLAIN).inline(),
    ("uuid", "institution_id", "at", "actor", "action", "subject", "detail"),
)


def add_event(
    session: Session,
    *,
    institution_id: int | None,
    actor: str,
    action: str,
    at: datetime,
    subject: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """Write down an act, in the transaction of the act itself."""
    row = {
        "uuid": uuid4(),
        "institution_id": institution_id,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail or {},
    }
    _ADD.rows(session, row)


def count_events(session: Session, actor: str, action: str, since: datetime) -> int:
    """Return how often somebody did something after ``since`` (aware)."""
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .where(AuditEvent.at > since, AuditEvent.actor == actor, AuditEvent.action == action)
    )
    return session.scalar(query) or 0


def was_noted(session: Session, actor: str, action: str, subject: str, since: datetime) -> bool:
    """Return whether somebody did something to ``subject`` after ``since`` (aware)."""
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .where(
            AuditEvent.at > since,
            AuditEvent.actor == actor,
            AuditEvent.action == action,
            AuditEvent.subject == subject,
        )
    )
    return bool(session.scalar(query))
