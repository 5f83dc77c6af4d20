"""What achievements say of themselves, in numbered descriptions, and their pictures.

Neither is ever changed: a credential that was issued refers to what held then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Achievement


class AchievementElements(Base):
    """One description of an achievement; the one with the highest ``number`` holds.

    ``despite`` is the reason why mandatory elements may be missing, and ``excused`` which ones
    were missing when it was given. ``image_hash`` names a picture that was handed in; it is
    empty where the badge is drawn.
    """

    __tablename__ = "achievement_elements"
    __table_args__ = (UniqueConstraint("achievement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    number: Mapped[int]
    elements: Mapped[dict[str, Any]] = mapped_column(JSON)
    image_hash: Mapped[str] = mapped_column(String(64), default="")
    despite: Mapped[str] = mapped_column(Text, default="")
    excused: Mapped[list[str]] = mapped_column(JSON, default=list)
    described_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AchievementImage(Base):
    """A picture of an achievement, named by the SHA-256 of its bytes; kept for good."""

    __tablename__ = "achievement_images"
    __table_args__ = (UniqueConstraint("achievement_id", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(50))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_elements(
    session: Session, achievement_id: int, *, as_of: datetime | None = None
) -> AchievementElements | None:
    """Return the description of an achievement that holds, or held at an instant."""
    query = select(AchievementElements).where(AchievementElements.achievement_id == achievement_id)
    if as_of is not None:
        query = query.where(AchievementElements.described_at <= as_of)
    return session.scalar(query.order_by(AchievementElements.number.desc()).limit(1))


def add_elements(session: Session, achievement: Achievement, **fields: Any) -> AchievementElements:
    """Add a description of an achievement, which holds from now on."""
    latest = find_elements(session, achievement.id)
    row = AchievementElements(
        institution_id=achievement.institution_id,
        achievement_id=achievement.id,
        number=1 if latest is None else latest.number + 1,
        **fields,
    )
    session.add(row)
    session.flush()
    return row


def list_described(
    session: Session, institution_id: int
) -> list[tuple[Achievement, AchievementElements]]:
    """Return every achievement of an institution that is described, with what holds, by key."""
    query = (
        select(Achievement, AchievementElements)
        .join(AchievementElements, AchievementElements.achievement_id == Achievement.id)
        .where(Achievement.institution_id == institution_id)
        .order_by(Achievement.key, AchievementElements.number)
    )
    # The last one of each key wins.
    return list({row[0].key: (row[0], row[1]) for row in session.execute(query)}.values())


def list_elements(session: Session, institution_id: int) -> list[AchievementElements]:
    """Return every description that an institution's achievements ever had, the oldest first."""
    query = select(AchievementElements).where(AchievementElements.institution_id == institution_id)
    return list(session.scalars(query.order_by(AchievementElements.id)))


def find_workloads(
    session: Session, institution_id: int, keys: Collection[str]
) -> dict[str, Decimal]:
    """Return the hours of work that those of these achievements ask for that say so, by key."""
    query = (
        select(Achievement.key, AchievementElements.elements)
        .join(AchievementElements, AchievementElements.achievement_id == Achievement.id)
        .where(Achievement.institution_id == institution_id, Achievement.key.in_(sorted(keys)))
        .order_by(AchievementElements.number)
    )
    # The last description of each key wins.
    said = {key: elements.get("workload_hours") for key, elements in session.execute(query)}
    return {key: Decimal(str(hours)) for key, hours in said.items() if hours is not None}


def has_image(session: Session, achievement_id: int, content_hash: str) -> bool:
    """Return whether this picture of an achievement is kept."""
    query = select(AchievementImage.id).where(
        AchievementImage.achievement_id == achievement_id,
        AchievementImage.content_hash == content_hash,
    )
    return session.scalar(query) is not None


def ensure_image(
    session: Session,
    achievement: Achievement,
    *,
    content_hash: str,
    media_type: str,
    content: bytes,
    now: datetime,
) -> None:
    """Keep a picture of an achievement, unless it is kept already."""
    row = {
        "institution_id": achievement.institution_id,
        "achievement_id": achievement.id,
        "content_hash": content_hash,
        "media_type": media_type,
        "content": content,
        "created_at": now,
    }
    insert_missing(
        session,
        AchievementImage,
        [row],
        unique=("achievement_id", "content_hash"),
        returning=(AchievementImage.id,),
    )


def find_image(session: Session, achievement_id: int, content_hash: str) -> AchievementImage | None:
    """Return a picture of an achievement by its hash."""
    return session.scalar(
        select(AchievementImage).where(
            AchievementImage.achievement_id == achievement_id,
            AchievementImage.content_hash == content_hash,
        )
    )


def list_images(
    session: Session, institution_id: int
) -> list[tuple[AchievementImage, Achievement]]:
    """Return every picture that is kept of an institution's achievements, the oldest first."""
    query = (
        select(AchievementImage, Achievement)
        .join(Achievement, Achievement.id == AchievementImage.achievement_id)
        .where(AchievementImage.institution_id == institution_id)
        .order_by(AchievementImage.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
