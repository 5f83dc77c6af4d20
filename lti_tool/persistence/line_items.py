"""Gradebook columns as the work on them needs them: claimed, found, told, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.placements import LineItem, Placement


@dataclass(frozen=True, slots=True)
class CourseColumn:
    """A gradebook column of a course, what it is for, and whether that is placed there."""

    item: LineItem
    achievement: Achievement
    is_placed: bool

    @property
    def is_deletable(self) -> bool:
        """Return whether a column is ours alone and nothing in the course needs it any more.

        The platform's own columns of activities, and those of links, are never touched.
        """
        is_bound = self.is_placed or self.item.resource_link_id is not None
        return self.item.url is not None and self.item.is_ours and not is_bound


def claim_line_item(session: Session, line_item_id: int, now: datetime, life: timedelta) -> bool:
    """Take the right to look for a column or make it; False while another worker has it."""
    claimed = session.scalar(
        update(LineItem)
        .where(
            LineItem.id == line_item_id,
            or_(LineItem.claimed_until.is_(None), LineItem.claimed_until <= now),
        )
        .values(claimed_until=now + life)
        .returning(LineItem.id)
    )
    return claimed is not None


def release_line_item(session: Session, line_item_id: int) -> None:
    """Give the right to look for a column back."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(claimed_until=None))


def get_line_item_url(session: Session, line_item_id: int) -> str | None:
    """Return where a column is, if that is known."""
    return session.scalar(select(LineItem.url).where(LineItem.id == line_item_id))


def note_line_item_url(session: Session, line_item_id: int, url: str) -> None:
    """Note where a column is."""
    session.execute(
        update(LineItem).where(LineItem.id == line_item_id).values(url=url, removed_at=None)
    )


def note_line_item_told(session: Session, line_item_id: int, label: str, maximum: Decimal) -> None:
    """Note what the platform was told of a column that this tool made."""
    session.execute(
        update(LineItem)
        .where(LineItem.id == line_item_id)
        .values(is_ours=True, told_label=label, told_maximum=maximum)
    )


def note_line_item_removed(session: Session, line_item_id: int, now: datetime) -> None:
    """Note that a column is gone; where it was is forgotten."""
    session.execute(
        update(LineItem).where(LineItem.id == line_item_id).values(url=None, removed_at=now)
    )


def allow_line_item(session: Session, line_item_id: int) -> None:
    """Let a column that is gone be made again."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(removed_at=None))


def list_columns_in(session: Session, context_id: int) -> list[CourseColumn]:
    """Return the columns of a course in the order in which they came."""
    query = (
        select(LineItem, Achievement, Placement.id)
        .join(Achievement, Achievement.id == LineItem.achievement_id)
        .outerjoin(
            Placement,
            (Placement.context_id == LineItem.context_id)
            & (Placement.achievement_id == LineItem.achievement_id),
        )
        .where(LineItem.context_id == context_id)
        .order_by(LineItem.id)
    )
    return [
        CourseColumn(item, achievement, placement_id is not None)
        for item, achievement, placement_id in session.execute(query)
    ]


def get_column_in(session: Session, context_id: int, achievement_uuid: UUID) -> CourseColumn:
    """Return the column of an achievement in a course; ``NotFoundError``."""
    for column in list_columns_in(session, context_id):
        if column.achievement.uuid == achievement_uuid:
            return column
    raise NotFoundError("There is no such gradebook column in this course.")
