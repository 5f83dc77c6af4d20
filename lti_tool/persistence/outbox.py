"""The outbox as people see it: of every learner and column where the latest score stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import SCORE, UNDELIVERED, Delivery, DeliveryState
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.platforms import Deployment, Registration

URGENCY = (
    DeliveryState.OVERRIDDEN,
    DeliveryState.FAILED,
    DeliveryState.HELD,
    DeliveryState.PENDING,
    DeliveryState.DONE,
    DeliveryState.SUPERSEDED,
)
"""What wants somebody's attention comes first."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """The latest score of a learner in a column, with its course and platform."""

    delivery: Delivery
    learner: Learner
    achievement: Achievement
    context: Context
    registration: Registration


def list_latest(
    session: Session, *, context_id: int | None = None, limit: int | None = None
) -> list[OutboxRow]:
    """Return the latest score of every learner and column, the most urgent first."""
    query = _rows().order_by(_urgency(), Learner.name, Delivery.lane).limit(limit)
    if context_id is not None:
        query = query.where(Delivery.context_id == context_id)
    return [OutboxRow(*row) for row in session.execute(query)]


def list_undelivered(session: Session, institution_id: int | None = None) -> list[OutboxRow]:
    """Return what is not in any gradebook (of an institution), the oldest first."""
    query = _rows().where(Delivery.state.in_(UNDELIVERED)).order_by(Delivery.id)
    if institution_id is not None:
        query = query.where(Deployment.institution_id == institution_id)
    return [OutboxRow(*row) for row in session.execute(query)]


def count_by_state(session: Session, context_id: int) -> dict[str, int]:
    """Return how many of the latest scores of a course stand in which state."""
    query = (
        select(Delivery.state, func.count())
        .where(Delivery.context_id == context_id, Delivery.id.in_(_heads()))
        .group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_latest(
    session: Session,
    uuid: UUID,
    context_id: int | None = None,
    *,
    institution_id: int | None = None,
) -> OutboxRow | None:
    """Return a score if it is the latest of its learner and column (and of this course)."""
    query = _rows().where(Delivery.uuid == uuid)
    if institution_id is not None:
        query = query.where(Deployment.institution_id == institution_id)
    if context_id is not None:
        query = query.where(Delivery.context_id == context_id)
    row = session.execute(query).one_or_none()
    return None if row is None else OutboxRow(*row)


def find_score(session: Session, uuid: UUID, context_id: int) -> OutboxRow | None:
    """Return a score of this course, be it the latest of its learner and column or not."""
    query = _joined().where(Delivery.uuid == uuid, Delivery.context_id == context_id)
    row = session.execute(query).one_or_none()
    return None if row is None else OutboxRow(*row)


def list_latest_in_state(
    session: Session,
    states: Collection[str],
    context_id: int | None = None,
    *,
    institution_id: int | None = None,
) -> list[Delivery]:
    """Return the latest scores that stand in one of these states."""
    query = select(Delivery).where(
        Delivery.kind == SCORE, Delivery.state.in_(states), Delivery.id.in_(_heads())
    )
    if institution_id is not None:
        query = query.where(Delivery.context_id.in_(_contexts_of(institution_id)))
    if context_id is not None:
        query = query.where(Delivery.context_id == context_id)
    return list(session.scalars(query.order_by(Delivery.id)))


def list_of_column(
    session: Session, context_id: int, achievement_id: int, reason: str
) -> list[Delivery]:
    """Return the latest scores of a column that stopped for this reason."""
    query = select(Delivery).where(
        Delivery.context_id == context_id,
        Delivery.achievement_id == achievement_id,
        Delivery.reason == reason,
        Delivery.state == DeliveryState.FAILED,
        Delivery.id.in_(_heads()),
    )
    return list(session.scalars(query))


def follow_roster(
    session: Session, context_id: int, reason: str, answer: str, now: datetime, until: datetime
) -> None:
    """Hold what waits for learners who are not in a course, and wake it for those who are.

    ``reason``, ``answer`` and ``until`` say why it is held and when it is looked at again.
    """
    here = select(Membership.id).where(
        Membership.context_id == context_id, Membership.learner_id == Delivery.learner_id
    )
    waits = (Delivery.context_id == context_id, Delivery.leased_until.is_(None))
    session.execute(
        update(Delivery)
        .where(
            *waits,
            Delivery.state == DeliveryState.PENDING,
            here.where(Membership.is_active.is_(False)).exists(),
        )
        .values(state=DeliveryState.HELD, reason=reason, last_answer=answer, due_at=until)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Delivery)
        .where(
            *waits,
            Delivery.state == DeliveryState.HELD,
            Delivery.reason == reason,
            Delivery.due_at > now,
            here.where(Membership.is_active).exists(),
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def _rows() -> Select[Delivery, Learner, Achievement, Context, Registration]:
    return _joined().where(Delivery.id.in_(_heads()))


def _joined() -> Select[Delivery, Learner, Achievement, Context, Registration]:
    return (
        select(Delivery, Learner, Achievement, Context, Registration)
        .join(Learner, Learner.id == Delivery.learner_id)
        .join(Achievement, Achievement.id == Delivery.achievement_id)
        .join(Context, Context.id == Delivery.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
    )


def _contexts_of(institution_id: int) -> Select[int]:
    return (
        select(Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.institution_id == institution_id)
    )


def _heads() -> Select[Any]:
    return select(func.max(Delivery.id)).group_by(Delivery.lane)


def _urgency() -> ColumnElement[int]:
    ranks = {state: rank for rank, state in enumerate(URGENCY)}
    return case(ranks, value=Delivery.state, else_=len(ranks))
