"""Rubric levels: the words that people choose from in place of a grade on a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, ExactDecimal
from lti_tool.persistence.catalog import Achievement


class RubricLevel(Base):
    """One level of an achievement: its label, and the grade that it stands for on the scale.

    A completion keeps the grade alone; levels may change later without changing what was recorded.
    """

    __tablename__ = "rubric_levels"
    __table_args__ = (UniqueConstraint("achievement_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(100))
    grade: Mapped[Decimal] = mapped_column(ExactDecimal)


def list_levels(session: Session, achievement_id: int) -> list[RubricLevel]:
    """Return the levels of an achievement as they were given, none for most."""
    query = select(RubricLevel).where(RubricLevel.achievement_id == achievement_id)
    return list(session.scalars(query.order_by(RubricLevel.position)))


def list_all_levels(session: Session, institution_id: int) -> dict[int, list[RubricLevel]]:
    """Return the levels of all achievements of an institution that have any, by internal id."""
    query = (
        select(RubricLevel)
        .join(Achievement, Achievement.id == RubricLevel.achievement_id)
        .where(Achievement.institution_id == institution_id)
        .order_by(RubricLevel.achievement_id, RubricLevel.position)
    )
    found: dict[int, list[RubricLevel]] = {}
    for level in session.scalars(query):
        found.setdefault(level.achievement_id, []).append(level)
    return found


@dataclass(frozen=True, slots=True)
class LevelOption:
    """A level of a competency's rubric, with the grade that it stands for."""

    achievement_uuid: UUID
    achievement_name: str
    scale: str
    label: str
    grade: Decimal


def list_offered_levels(session: Session, institution_id: int) -> tuple[LevelOption, ...]:
    """Return every level of an institution with its achievement, by name and position."""
    query = (
        select(Achievement, RubricLevel)
        .join(RubricLevel, RubricLevel.achievement_id == Achievement.id)
        .where(Achievement.institution_id == institution_id)
        .order_by(Achievement.name, Achievement.id, RubricLevel.position)
    )
    return tuple(
        LevelOption(found.uuid, found.name, found.scale, level.label, level.grade)
        for found, level in session.execute(query)
    )


def replace_levels(
    session: Session, achievement_id: int, levels: Sequence[tuple[str, Decimal]]
) -> None:
    """Give an achievement these levels (label, grade) in place of those it had."""
    session.execute(delete(RubricLevel).where(RubricLevel.achievement_id == achievement_id))
    for position, (label, grade) in enumerate(levels):
        session.add(
            RubricLevel(achievement_id=achievement_id, position=position, label=label, grade=grade)
        )
    session.flush()
