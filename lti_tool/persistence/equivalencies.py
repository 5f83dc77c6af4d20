"""What counts as what: an achievement of an issuer elsewhere, and the local one it stands for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime
from lti_tool.persistence.catalog import Achievement


class Direction(StrEnum):
    """Which way an equivalency was agreed on."""

    IN = "in"
    BOTH = "both"


class Equivalency(Base):
    """A decision that holds for the next credentials of the same kind.

    ``outside_achievement`` is the id of the achievement as the issuer writes it. Days from
    ``since`` on and before ``until`` (None: for good) are days of issue. ``direction`` "both" notes
    that ours counts there as well, which is theirs to decide. Where it ``is_automatic``, it decides
    by itself; otherwise it fills the form in. Never changed, only ended.
    """

    __tablename__ = "equivalencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    issuer: Mapped[str] = mapped_column(Text)
    outside_achievement: Mapped[str] = mapped_column(Text)
    outside_name: Mapped[str] = mapped_column(Text, default="")
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    credits: Mapped[Decimal] = mapped_column(ExactDecimal)
    level: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    direction: Mapped[str] = mapped_column(String(10), default=Direction.IN)
    is_automatic: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date]
    until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str] = mapped_column(Text, default="")


def add_equivalency(session: Session, row: Equivalency) -> Equivalency:
    """Store an equivalency."""
    session.add(row)
    session.flush()
    return row


def find_equivalency(
    session: Session, institution_id: int, issuer: str, outside_achievement: str, issued: date
) -> Equivalency | None:
    """Return what an achievement of an issuer stands for on its day of issue, the latest said."""
    if not outside_achievement:
        return None
    return session.scalar(
        select(Equivalency)
        .where(
            Equivalency.institution_id == institution_id,
            Equivalency.issuer == issuer,
            Equivalency.outside_achievement == outside_achievement,
            Equivalency.ended_at.is_(None),
            Equivalency.since <= issued,
            or_(Equivalency.until.is_(None), Equivalency.until > issued),
        )
        .order_by(Equivalency.id.desc())
        .limit(1)
    )


def get_equivalency(session: Session, institution_id: int, uuid: UUID) -> Equivalency:
    """Return an equivalency of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Equivalency).where(
            Equivalency.institution_id == institution_id, Equivalency.uuid == uuid
        )
    )
    if found is None:
        raise NotFoundError("There is no such equivalency.")
    return found


def list_equivalencies(
    session: Session, institution_id: int, *, with_ended: bool = False
) -> list[tuple[Equivalency, Achievement]]:
    """Return the equivalencies of an institution with the achievements they lead to."""
    query = (
        select(Equivalency, Achievement)
        .join(Achievement, Achievement.id == Equivalency.achievement_id)
        .where(Equivalency.institution_id == institution_id)
        .order_by(Equivalency.id)
    )
    if not with_ended:
        query = query.where(Equivalency.ended_at.is_(None))
    return [(row[0], row[1]) for row in session.execute(query)]
