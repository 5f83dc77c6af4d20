"""Reviews of awards, opened and answered, and what takes an award back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award, AwardReview, AwardRevocation, ReviewState
from lti_tool.persistence.base import insert_missing
from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.learners import Learner


@dataclass(frozen=True, slots=True)
class ReviewRows:
    """A review with all that it is about."""

    review: AwardReview
    award: Award
    achievement: Achievement
    learner: Learner
    institution: Institution


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an award is looked at: one of these (internal ids; the others are None)."""

    reason: str
    withdrawal_id: int | None = None
    revocation_id: int | None = None
    exception_id: int | None = None


def add_revocation(
    session: Session, award_id: int, reason: str, actor: str, now: datetime
) -> AwardRevocation | None:
    """Take an award back by a second record; None when that was done before."""
    row = {"award_id": award_id, "reason": reason, "actor": actor, "recorded_at": now}
    made = insert_missing(
        session, AwardRevocation, [row], unique=("award_id",), returning=(AwardRevocation.id,)
    )
    return session.get_one(AwardRevocation, made[0][0]) if made else None


def find_revocation(session: Session, award_id: int) -> AwardRevocation | None:
    """Return the record that took an award back, if there is one."""
    query = select(AwardRevocation).where(AwardRevocation.award_id == award_id)
    return session.scalar(query)


def add_review(
    session: Session, award_id: int, cause: Cause, now: datetime, *, state: ReviewState
) -> bool:
    """Ask a person about an award, or note that it stands; False when this was noted before."""
    row: dict[str, Any] = {
        "uuid": uuid4(),
        "award_id": award_id,
        "withdrawal_id": cause.withdrawal_id,
        "revocation_id": cause.revocation_id,
        "exception_id": cause.exception_id,
        "reason": cause.reason,
        "state": state,
        "opened_at": now,
    }
    causes = ("withdrawal_id", "revocation_id", "exception_id")
    column = next(name for name in causes if row[name] is not None)
    made = insert_missing(
        session,
        AwardReview,
        [row],
        unique=("award_id", column),
        returning=(AwardReview.id,),
    )
    return bool(made)


def list_reviews(
    session: Session, states: Sequence[str], institution_id: int | None = None
) -> list[ReviewRows]:
    """Return the reviews in these states (of an institution), the oldest first."""
    query = _rows().where(AwardReview.state.in_(states)).order_by(AwardReview.id)
    if institution_id is not None:
        query = query.where(Award.institution_id == institution_id)
    return [ReviewRows(*row) for row in session.execute(query)]


def get_review(session: Session, uuid: UUID, institution_id: int | None) -> ReviewRows:
    """Return a review (of an institution); ``NotFoundError`` otherwise."""
    query = _rows().where(AwardReview.uuid == uuid)
    if institution_id is not None:
        query = query.where(Award.institution_id == institution_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such review.")
    return ReviewRows(*row)


def list_open_of(session: Session, award_id: int) -> list[AwardReview]:
    """Return the open reviews of an award."""
    query = select(AwardReview).where(
        AwardReview.award_id == award_id, AwardReview.state == ReviewState.OPEN
    )
    return list(session.scalars(query.order_by(AwardReview.id)))


def _rows() -> Select[AwardReview, Award, Achievement, Learner, Institution]:
    return (
        select(AwardReview, Award, Achievement, Learner, Institution)
        .join(Award, Award.id == AwardReview.award_id)
        .join(Achievement, Achievement.id == Award.achievement_id)
        .join(Learner, Learner.id == Award.learner_id)
        .join(Institution, Institution.id == Award.institution_id)
    )
