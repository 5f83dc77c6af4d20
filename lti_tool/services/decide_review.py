"""Use case: answer the question whether an award still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import ReviewState
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.reviews import get_review
from lti_tool.reviewing import Asked, take_back


class Answer(StrEnum):
    """What a person decides about an award."""

    KEEP = "keep"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Decided:
    """How many awards above this one a person is asked about now."""

    reviews: int


def decide_review(
    database: Database,
    review_uuid: UUID,
    answer: Answer,
    *,
    reason: str,
    actor: str,
    now: datetime,
    by: str = "",
    within: int | None = None,
) -> Decided:
    """Keep an award, or revoke it and look at those that counted it.

    ``by`` is the name of who decides where ``actor`` does not tell it (a command). ``within`` is
    the institution of an administrator who decides for no other (internal id).
    ``InvalidInputError`` without a reason, ``NotFoundError`` for a review that is not theirs,
    ``ConflictError`` for one that is answered.
    """
    note = reason.strip()
    if not note:
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    with database.writing() as session:
        rows = get_review(session, review_uuid, within)
        review, award = rows.review, rows.award
        lock_learners(session, [award.learner_id])
        session.refresh(review)
        if review.state != ReviewState.OPEN:
            raise ConflictError(f"This review is answered: {review.state}.")
        asked = Asked()
        if answer is Answer.REVOKE:
            asked = take_back(session, award, note, by or actor, now) or asked
        review.state = ReviewState.KEPT if answer is Answer.KEEP else ReviewState.REVOKED
        review.decided_at, review.decided_by, review.decision_note = now, by or actor, note
        add_event(
            session,
            institution_id=award.institution_id,
            actor=actor,
            action=f"review.{review.state}",
            subject=str(award.uuid),
            at=now,
            detail={"review": str(review.uuid), **asked.detail},
        )
    return Decided(len(asked.opened))
