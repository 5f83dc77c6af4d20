"""What achievements are aligned with: items of frameworks, and addresses typed by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.frameworks import FrameworkItem, FrameworkLabel


class AchievementAlignment(Base):
    """An achievement is about what stands at ``target_url``.

    Of an item of a framework the texts are read there when they are needed, so that a newer
    version counts; ``target_name`` and the others are those that were typed for an address.
    """

    __tablename__ = "achievement_alignments"
    __table_args__ = (UniqueConstraint("achievement_id", "target_url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("framework_items.id"), index=True)
    target_type: Mapped[str] = mapped_column(String(50))
    target_url: Mapped[str] = mapped_column(String(1000))
    target_name: Mapped[str] = mapped_column(Text, default="")
    target_code: Mapped[str] = mapped_column(String(200), default="")
    target_framework: Mapped[str] = mapped_column(String(500), default="")
    target_description: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


def list_alignments(session: Session, achievement_id: int) -> list[AchievementAlignment]:
    """Return what an achievement is aligned with, the first made first."""
    query = select(AchievementAlignment).where(
        AchievementAlignment.achievement_id == achievement_id
    )
    return list(session.scalars(query.order_by(AchievementAlignment.id)))


def list_aligned(
    session: Session, institution_id: int
) -> list[tuple[AchievementAlignment, Achievement]]:
    """Return every alignment of an institution with its achievement, by name."""
    query = (
        select(AchievementAlignment, Achievement)
        .join(Achievement, Achievement.id == AchievementAlignment.achievement_id)
        .where(AchievementAlignment.institution_id == institution_id)
        .order_by(Achievement.name, AchievementAlignment.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def find_aligned_names(
    session: Session, institution_id: int, languages: Collection[str]
) -> dict[int, list[str]]:
    """Return what else the achievements of an institution are called, by id of the achievement.

    Those are the names, in these languages, of the items that they are aligned with.
    """
    query = (
        select(
            AchievementAlignment.achievement_id, FrameworkLabel.name, FrameworkLabel.alternatives
        )
        .join(FrameworkLabel, FrameworkLabel.item_id == AchievementAlignment.item_id)
        .where(
            AchievementAlignment.institution_id == institution_id,
            FrameworkLabel.language.in_(sorted(languages)),
        )
        .order_by(AchievementAlignment.id, FrameworkLabel.language)
    )
    found: dict[int, list[str]] = {}
    for achievement_id, name, alternatives in session.execute(query):
        found.setdefault(achievement_id, []).extend([name, *alternatives.splitlines()])
    return found


def find_alignment(
    session: Session, achievement_id: int, target_url: str
) -> AchievementAlignment | None:
    """Return the alignment of an achievement with an address."""
    query = select(AchievementAlignment).where(
        AchievementAlignment.achievement_id == achievement_id,
        AchievementAlignment.target_url == target_url,
    )
    return session.scalar(query)


def get_alignment(session: Session, institution_id: int, uuid: UUID) -> AchievementAlignment:
    """Return an alignment of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(AchievementAlignment).where(
            AchievementAlignment.institution_id == institution_id,
            AchievementAlignment.uuid == uuid,
        )
    )
    if found is None:
        raise NotFoundError("This alignment is not there any more.")
    return found


def add_alignment(session: Session, row: AchievementAlignment) -> AchievementAlignment:
    """Add an alignment."""
    session.add(row)
    session.flush()
    return row


def delete_alignment(session: Session, row: AchievementAlignment) -> None:
    """Take an alignment away; credentials that are issued keep it."""
    session.delete(row)
    session.flush()


def count_aligned(session: Session, framework_id: int) -> int:
    """Return how many alignments point into a framework, of all institutions."""
    query = (
        select(func.count(AchievementAlignment.id))
        .join(FrameworkItem, FrameworkItem.id == AchievementAlignment.item_id)
        .where(FrameworkItem.framework_id == framework_id)
    )
    return session.scalar(query) or 0
