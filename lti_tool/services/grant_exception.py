"""Use case: grant an exception, answer the request, and make the awards that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.awarding import award_what_follows
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.excepting import NewException, draft, row_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.exceptions import add_exception, get_exception
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.requests import Request, RequestState, get_learner_of, get_request
from lti_tool.persistence.snapshots import load_records, load_rules


@dataclass(frozen=True, slots=True)
class Granted:
    """The exception, the titles of the awards made with it, and whether it stood already."""

    uuid: UUID
    awards: tuple[str, ...] = ()
    is_repeated: bool = False


def grant_exception(
    database: Database,
    entry: NewException,
    *,
    institution_id: int,
    learner_uuid: UUID,
    form_id: str,
    request_uuid: UUID | None = None,
    actor: str,
    by: str = "",
    now: datetime,
) -> Granted:
    """Store an exception and all that follows from it in one transaction.

    ``form_id`` is the exception's uuid: the same form sent twice is one exception. ``by`` is the
    name of who decides where ``actor`` does not tell it (a command). ``InvalidInputError`` names
    what is wrong, ``NotFoundError`` is for what is not theirs, ``ConflictError`` for a request
    that somebody else has answered meanwhile.
    """
    with database.writing() as session:
        learner = get_learner_of(session, institution_id, learner_uuid)
        lock_learners(session, [learner.id])
        if _stands(session, UUID(form_id), institution_id, learner.id):
            return Granted(UUID(form_id), is_repeated=True)
        request = None
        if request_uuid is not None:
            request = _open_request(session, request_uuid, institution_id, learner.id)
        rules = load_rules(session, institution_id)
        record = load_records(session, [learner.id])[learner.id]
        waiver = draft(entry, rules, record, UUID(form_id), by or actor, now)
        exception_id = add_exception(session, row_of(entry, waiver, institution_id, learner.id))
        if request is not None:
            _answer(request, entry.reason, by or actor, exception_id, now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="exception.granted",
            subject=form_id,
            at=now,
            detail={"learner": str(learner_uuid), "request": str(request_uuid or "")},
        )
        session.flush()
        context_id = request.context_id if request else None
        made = award_what_follows(
            session,
            institution_id,
            [learner.id],
            contexts={} if context_id is None else {learner.id: context_id},
            actor=actor,
            now=now,
        )
    return Granted(UUID(form_id), tuple(award.title for award in made))


def _stands(session: Session, uuid: UUID, institution_id: int, learner_id: int) -> bool:
    """Return whether this very form was sent before."""
    try:
        return get_exception(session, uuid, institution_id).learner.id == learner_id
    except NotFoundError:
        return False


def _open_request(session: Session, uuid: UUID, institution_id: int, learner_id: int) -> Request:
    request = get_request(session, uuid, institution_id)
    if request.learner_id != learner_id:
        raise NotFoundError("There is no such request.")
    session.refresh(request)
    if request.state != RequestState.OPEN:
        raise ConflictError(
            "Somebody else has answered this request meanwhile. Nothing of yours is recorded."
        )
    return request


def _answer(
    request: Request, answer: str, decided_by: str, exception_id: int | None, now: datetime
) -> None:
    request.state, request.answer = RequestState.GRANTED, answer.strip()
    request.decided_at, request.decided_by = now, decided_by
    request.exception_id = exception_id
