"""Notices of platforms: each is acted on once; where we asked to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration

KEPT = timedelta(days=30)


class NoticeReceived(Base):
    """A notice that was acted on, by the platform's id of it."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("registration_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    notice_id: Mapped[str] = mapped_column(String(255))
    notice_type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def note_notice(
    session: Session, registration_id: int, notice_id: str, notice_type: str, now: datetime
) -> bool:
    """Note that a notice came; False when it came before. Old notes are forgotten."""
    session.execute(delete(NoticeReceived).where(NoticeReceived.received_at < now - KEPT))
    row = {
        "registration_id": registration_id,
        "notice_id": notice_id,
        "notice_type": notice_type,
        "received_at": now,
    }
    return bool(
        insert_missing(
            session,
            NoticeReceived,
            [row],
            unique=("registration_id", "notice_id"),
            returning=(NoticeReceived.id,),
        )
    )


def list_unasked(
    session: Session, asked_before: datetime, limit: int
) -> Sequence[tuple[Deployment, Registration]]:
    """Return deployments that offer notices and were not asked, or last in vain, since then."""
    query = (
        select(Deployment, Registration)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Deployment.notices_url.is_not(None),
            Deployment.state == DeploymentState.APPROVED,
            Registration.is_enabled,
            or_(Deployment.notices_answer.is_(None), Deployment.notices_answer != ""),
            or_(
                Deployment.notices_asked_at.is_(None),
                Deployment.notices_asked_at <= asked_before,
            ),
        )
        .order_by(Deployment.id)
        .limit(limit)
    )
    return [(deployment, registration) for deployment, registration in session.execute(query)]
