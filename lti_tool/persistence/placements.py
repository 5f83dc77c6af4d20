"""What teachers placed in a course: placements, the links to them, their gradebook columns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Achievement


class Placement(Base):
    """A teacher's choice of an achievement for a course; its uuid travels in ``custom``.

    There is at most one per course and achievement, so that a deep linking reply that is sent
    twice makes one gradebook column.
    """

    __tablename__ = "placements"
    __table_args__ = (UniqueConstraint("context_id", "achievement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResourceLink(Base):
    """A link to the tool inside a course; bound to a placement when it was deep-linked."""

    __tablename__ = "resource_links"
    __table_args__ = (UniqueConstraint("context_id", "lti_resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    lti_resource_link_id: Mapped[str] = mapped_column(String(255))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"))
    title: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LineItem(Base):
    """The gradebook column of an achievement in a course; ``url`` is known once it was found.

    At the platform it is recognised by ``resource_id`` (our uuid as text) and the tag "quoin".
    One worker at a time looks for it or makes it, until ``claimed_until``. ``is_ours`` tells a
    column that this tool made from one that the platform made for an activity; of ours,
    ``told_label`` and ``told_maximum`` are what the platform was told last. ``removed_at`` says
    since when the column is known to be gone; only a teacher has it made again.
    """

    __tablename__ = "line_items"
    __table_args__ = (UniqueConstraint("context_id", "achievement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    resource_id: Mapped[str] = mapped_column(String(255))
    resource_link_id: Mapped[str | None] = mapped_column(String(255))
    score_maximum: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(100))
    url: Mapped[str | None] = mapped_column(Text)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_ours: Mapped[bool] = mapped_column(default=False, server_default=false())
    told_label: Mapped[str | None] = mapped_column(String(255))
    told_maximum: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def ensure_placement(
    session: Session, context_id: int, achievement_id: int, created_by: int, now: datetime
) -> Placement:
    """Return the placement of an achievement in a course, made now if it is new."""
    insert_missing(
        session,
        Placement,
        [
            {
                "uuid": uuid4(),
                "context_id": context_id,
                "achievement_id": achievement_id,
                "created_by": created_by,
                "created_at": now,
            }
        ],
        unique=("context_id", "achievement_id"),
        returning=(Placement.id,),
    )
    return session.scalars(
        select(Placement).where(
            Placement.context_id == context_id, Placement.achievement_id == achievement_id
        )
    ).one()


def get_placement(session: Session, placement_id: int) -> Placement:
    """Return the placement with this internal id."""
    return session.get_one(Placement, placement_id)


def find_placement(session: Session, context_id: int, uuid: UUID) -> Placement | None:
    """Return a placement of this course."""
    return session.scalar(
        select(Placement).where(Placement.context_id == context_id, Placement.uuid == uuid)
    )


def list_placed(session: Session, context_id: int) -> list[Achievement]:
    """Return the achievements that teachers placed in this course."""
    query = (
        select(Achievement)
        .join(Placement, Placement.achievement_id == Achievement.id)
        .where(Placement.context_id == context_id)
        .order_by(Placement.id)
    )
    return list(session.scalars(query))


def ensure_resource_link(
    session: Session,
    context_id: int,
    lti_resource_link_id: str,
    now: datetime,
    *,
    placement_id: int | None,
    title: str,
) -> ResourceLink:
    """Return the link, made now if it is new; a placement that is told is noted."""
    insert_missing(
        session,
        ResourceLink,
        [
            {
                "uuid": uuid4(),
                "context_id": context_id,
                "lti_resource_link_id": lti_resource_link_id,
                "title": title,
                "created_at": now,
            }
        ],
        unique=("context_id", "lti_resource_link_id"),
        returning=(ResourceLink.id,),
    )
    found = session.scalars(
        select(ResourceLink).where(
            ResourceLink.context_id == context_id,
            ResourceLink.lti_resource_link_id == lti_resource_link_id,
        )
    ).one()
    if placement_id is not None:
        found.placement_id = placement_id
    found.title = title or found.title
    session.flush()
    return found


def ensure_line_item(
    session: Session,
    context_id: int,
    achievement_id: int,
    now: datetime,
    *,
    url: str | None = None,
    resource_link_id: str | None = None,
) -> LineItem:
    """Return our note of a gradebook column, made now if it is new; what is told is noted."""
    insert_missing(
        session,
        LineItem,
        [
            {
                "context_id": context_id,
                "achievement_id": achievement_id,
                "resource_id": str(uuid4()),
                "created_at": now,
            }
        ],
        unique=("context_id", "achievement_id"),
        returning=(LineItem.id,),
    )
    found = session.scalars(
        select(LineItem).where(
            LineItem.context_id == context_id, LineItem.achievement_id == achievement_id
        )
    ).one()
    found.url = url or found.url
    found.resource_link_id = resource_link_id or found.resource_link_id
    session.flush()
    return found


def has_line_item(session: Session, context_id: int, url: str) -> bool:
    """Return whether the gradebook column at ``url`` is one of ours in this course."""
    found = session.scalar(
        select(LineItem.id).where(LineItem.context_id == context_id, LineItem.url == url)
    )
    return found is not None


def find_placed_in(session: Session, institution_id: int, uuid: UUID) -> Placement | None:
    """Return a placement in any course of this institution."""
    return session.scalar(
        select(Placement)
        .join(Achievement, Achievement.id == Placement.achievement_id)
        .where(Placement.uuid == uuid, Achievement.institution_id == institution_id)
    )


def find_placement_of(session: Session, context_id: int, achievement_id: int) -> Placement | None:
    """Return the placement of an achievement in this course."""
    return session.scalar(
        select(Placement).where(
            Placement.context_id == context_id, Placement.achievement_id == achievement_id
        )
    )


def copy_placements(session: Session, origin_id: int, context_id: int, now: datetime) -> int:
    """Place in a course what another one has, and return how much that is.

    A gradebook column keeps its resource id: platforms that copy columns copy that as well, and
    a new one would make us create the column a second time.
    """
    placed = session.scalars(select(Placement).where(Placement.context_id == origin_id)).all()
    for placement in placed:
        ensure_placement(session, context_id, placement.achievement_id, placement.created_by, now)
    items = session.scalars(select(LineItem).where(LineItem.context_id == origin_id)).all()
    insert_missing(
        session,
        LineItem,
        [
            {
                "context_id": context_id,
                "achievement_id": item.achievement_id,
                "resource_id": item.resource_id,
                "score_maximum": item.score_maximum,
                "created_at": now,
            }
            for item in items
        ],
        unique=("context_id", "achievement_id"),
        returning=(LineItem.id,),
    )
    return len(placed)


def find_only_link(session: Session, context_id: int) -> str | None:
    """Return the platform's id of the one link of a course; None when there is none or more."""
    query = select(ResourceLink.lti_resource_link_id).where(ResourceLink.context_id == context_id)
    found = list(session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None
