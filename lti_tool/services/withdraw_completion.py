"""Withdraw a completion that was entered by mistake; ask about awards that rested on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import add_withdrawal, get_completion
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.reviews import Cause
from lti_tool.reviewing import ask_about


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many awards now wait for a person's decision."""

    reviews: int


def withdraw_completion(
    database: Database,
    *,
    institution_id: int,
    completion_uuid: UUID,
    reason: str,
    actor: str,
    now: datetime,
    context_id: int | None = None,
    withdrawn_by: int | None = None,
) -> Withdrawn:
    """Undo a completion by a second record and re-solve the awards of its learner.

    An award that counted it and is still explained by what is left stands; one that is not is
    listed for review, never removed. With ``context_id`` only a completion recorded in that
    course is found (``NotFoundError``). ``InvalidInputError`` without a reason,
    ``ConflictError`` when it was withdrawn before.
    """
    if not reason.strip():
        raise InvalidInputError("Say why the completion is withdrawn.", field="reason")
    with database.writing() as session:
        completion = get_completion(session, institution_id, completion_uuid)
        if context_id is not None and completion.context_id != context_id:
            raise NotFoundError("There is no such completion in this course.")
        lock_learners(session, [completion.learner_id])
        withdrawal = add_withdrawal(session, completion.id, reason.strip(), withdrawn_by, now)
        cause = Cause(reason.strip(), withdrawal_id=withdrawal.id)
        asked = ask_about(
            session, institution_id, completion.learner_id, completion.uuid, cause, now
        )
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="completion.withdrawn",
            at=now,
            subject=str(completion_uuid),
            detail=asked.detail,
        )
    return Withdrawn(len(asked.opened))
