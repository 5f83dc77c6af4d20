"""Use case: decide about scores that are not in the gradebook: again, anyway, or not at all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.lti.score_answers import Meaning
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Delivery, DeliveryState, close, reopen
from lti_tool.persistence.learners import get_learner, is_instructor_now
from lti_tool.persistence.outbox import find_latest, list_latest_in_state
from lti_tool.scoring.resending import fresh_payload
from lti_tool.scoring.verdicts import attempt_of

STUCK = (DeliveryState.FAILED, DeliveryState.HELD)


class Choice(StrEnum):
    """What is to happen with a score that is not in the gradebook."""

    AGAIN = "again"
    ANYWAY = "anyway"
    LEAVE = "leave"


STATES = {
    Choice.AGAIN: STUCK,
    Choice.ANYWAY: (DeliveryState.OVERRIDDEN,),
    Choice.LEAVE: (DeliveryState.OVERRIDDEN,),
}
"""In which states a choice means something; in any other nothing happens."""


def resend_score(
    database: Database,
    *,
    choice: Choice,
    actor: str,
    now: datetime,
    delivery_uuid: UUID | None = None,
    context_id: int | None = None,
    teacher_id: int | None = None,
    within: int | None = None,
) -> int:
    """Apply a choice to one score, or to all of a course (or of the whole tool) without a uuid.

    Returns how many it changed: a choice made twice changes nothing the second time. Only the
    latest score of a learner in a column is found; an older one never goes over a newer.
    ``within`` is the institution of an administrator who decides for no other (internal id).
    ``NotFoundError`` for a score that is not there (not in this course); ``ForbiddenError``
    for a ``teacher_id`` that does not teach the course any more.
    """
    with database.writing() as session:
        _check_teacher(session, context_id, teacher_id)
        found = _scores(session, choice, delivery_uuid, context_id, within)
        changed = [delivery for delivery in found if _apply(session, delivery, choice, now)]
        for delivery in changed:
            add_event(
                session,
                institution_id=get_learner(session, delivery.learner_id).institution_id,
                actor=actor,
                action=f"score.{choice}",
                subject=str(delivery.uuid),
                at=now,
            )
    return len(changed)


def _check_teacher(session: Session, context_id: int | None, teacher_id: int | None) -> None:
    if teacher_id is None or context_id is None:
        return
    if not is_instructor_now(session, context_id, teacher_id):
        raise ForbiddenError("Only those who teach this course can decide about its scores.")


def _scores(
    session: Session,
    choice: Choice,
    delivery_uuid: UUID | None,
    context_id: int | None,
    within: int | None,
) -> list[Delivery]:
    if delivery_uuid is None:
        return list_latest_in_state(session, STATES[choice], context_id, institution_id=within)
    row = find_latest(session, delivery_uuid, context_id, institution_id=within)
    if row is None:
        raise NotFoundError("There is no such score here, or a newer one has taken its place.")
    return [row.delivery]


def _apply(session: Session, delivery: Delivery, choice: Choice, now: datetime) -> bool:
    if delivery.state not in STATES[choice]:
        return False
    if choice is Choice.LEAVE:
        return close(session, delivery, attempt_of(Meaning.LEFT_AS_IT_IS, ""), now)
    payload = fresh_payload(delivery, now, is_forced=choice is Choice.ANYWAY)
    return reopen(session, delivery, payload, now)
