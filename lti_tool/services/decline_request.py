"""Use case: answer a request without granting anything."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.requests import RequestState, get_request


def decline_request(
    database: Database,
    request_uuid: UUID,
    *,
    institution_id: int,
    answer: str,
    actor: str,
    now: datetime,
) -> None:
    """Answer a request in words; the learner reads them.

    ``InvalidInputError`` without an answer, ``NotFoundError`` for a request of others,
    ``ConflictError`` for one that is answered.
    """
    if not answer.strip():
        raise InvalidInputError("Write the answer: the learner reads it.", field="answer")
    with database.writing() as session:
        request = get_request(session, request_uuid, institution_id)
        lock_learners(session, [request.learner_id])
        session.refresh(request)
        if request.state != RequestState.OPEN:
            raise ConflictError(
                "Somebody else has answered this request meanwhile. Nothing of yours is recorded."
            )
        request.state, request.answer = RequestState.DECLINED, answer.strip()
        request.decided_at, request.decided_by = now, actor
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="request.declined",
            subject=str(request_uuid),
            at=now,
        )
