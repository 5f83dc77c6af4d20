"""What the learners of a course have already, and who they are: read in one go for many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.learners import Identity, Learner, Membership


@dataclass(frozen=True, slots=True)
class KnownCompletion:
    """A completion of a course, as far as it says whether another one is the same."""

    learner_id: int
    achievement_id: int
    completed_on: date
    grade: Decimal | None
    idempotency_key: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class CourseLearner:
    """A learner of a course; ``user_id`` is what the platform calls them, "" if unknown."""

    id: int
    uuid: UUID
    name: str | None
    user_id: str
    is_active: bool


def list_equals(
    session: Session, context_id: int, learner_ids: Collection[int]
) -> list[KnownCompletion]:
    """Return what these learners have completed in a course, withdrawn completions included."""
    found: list[KnownCompletion] = []
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(
                Completion.learner_id,
                Completion.achievement_id,
                Completion.completed_on,
                Completion.grade,
                Completion.idempotency_key,
                Withdrawal.id.is_not(None),
            )
            .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
            .where(
                Completion.context_id == context_id,
                Completion.learner_id.in_(ids[start : start + CHUNK]),
            )
        )
        found.extend(KnownCompletion(*row) for row in session.execute(query))
    return found


def list_course_learners(session: Session, context_id: int, authority: str) -> list[CourseLearner]:
    """Return the learners of a course (not its teachers) by name, as ``authority`` calls them."""
    query = (
        select(Learner.id, Learner.uuid, Learner.name, Identity.subject, Membership.is_active)
        .join(Membership, Membership.learner_id == Learner.id)
        .outerjoin(
            Identity, (Identity.learner_id == Learner.id) & (Identity.authority == authority)
        )
        .where(Membership.context_id == context_id, Membership.is_instructor.is_(False))
        .order_by(Learner.name, Learner.id, Identity.id)
    )
    found: dict[int, CourseLearner] = {}
    for learner_id, uuid, name, subject, is_active in session.execute(query):
        found.setdefault(
            learner_id, CourseLearner(learner_id, uuid, name, subject or "", is_active)
        )
    return list(found.values())
