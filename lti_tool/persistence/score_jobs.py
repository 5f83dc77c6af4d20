"""What sending one score needs to know, gathered from the ledger and the platforms' tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import WAITING, Delivery, DeliveryState
from lti_tool.persistence.learners import Membership
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
        Delivery.state.in_(WAITING),
    )
    return session.scalar(query.limit(1)) is not None


def is_turn(session: Session, delivery_id: int) -> bool:
    """Return whether a delivery may still go out: it waits, and no newer one of its lane went.

    Asked again right before a score is sent: a worker that was slow may have lost its lease.
    """
    delivery = session.get_one(Delivery, delivery_id)
    newer = select(Delivery.id).where(
        Delivery.lane == delivery.lane,
        Delivery.id > delivery_id,
        or_(Delivery.state == DeliveryState.DONE, Delivery.leased_until.is_not(None)),
    )
    return delivery.state in WAITING and session.scalar(newer.limit(1)) is None


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
