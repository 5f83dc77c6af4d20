"""What sending one score needs to know, gathered from the ledger and the platforms' tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import Delivery, DeliveryState
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import LineItem
from lti_tool.persistence.platforms import Deployment, Registration


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The rows behind one score; ``membership`` is None for who is not in the course."""

    delivery: Delivery
    achievement: Achievement
    context: Context
    deployment: Deployment
    registration: Registration
    institution: Institution | None
    membership: Membership | None


def load_score_rows(session: Session, delivery_id: int) -> ScoreRows:
    """Return the rows behind a delivery of the kind "score"."""
    query = (
        select(Delivery, Achievement, Context, Deployment, Registration, Institution, Membership)
        .join(Achievement, Achievement.id == Delivery.achievement_id)
        .join(Context, Context.id == Delivery.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .outerjoin(Institution, Institution.id == Deployment.institution_id)
        .outerjoin(
            Membership,
            (Membership.context_id == Context.id) & (Membership.learner_id == Delivery.learner_id),
        )
        .where(Delivery.id == delivery_id)
    )
    return ScoreRows(*session.execute(query).one())


def has_newer(session: Session, delivery: Delivery) -> bool:
    """Return whether a newer delivery waits in the same lane."""
    query = select(Delivery.id).where(
        Delivery.lane == delivery.lane,
        Delivery.id > delivery.id,
        Delivery.state == DeliveryState.PENDING,
    )
    return session.scalar(query.limit(1)) is not None


def list_earlier(session: Session, delivery: Delivery) -> list[Delivery]:
    """Return what was promised in the lane before this delivery, the latest first."""
    query = (
        select(Delivery)
        .where(Delivery.lane == delivery.lane, Delivery.id < delivery.id)
        .order_by(Delivery.id.desc())
    )
    return list(session.scalars(query))


def note_payload(session: Session, delivery_id: int, payload: dict[str, Any]) -> None:
    """Keep what was decided about a delivery before it is sent."""
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(payload=payload))


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


def get_line_item_url(session: Session, line_item_id: int) -> str | None:
    """Return where a column is, if that is known."""
    return session.scalar(select(LineItem.url).where(LineItem.id == line_item_id))


def note_line_item_url(session: Session, line_item_id: int, url: str) -> None:
    """Note where a column is."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(url=url))


def release_line_item(session: Session, line_item_id: int) -> None:
    """Give the right to look for a column back."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(claimed_until=None))
