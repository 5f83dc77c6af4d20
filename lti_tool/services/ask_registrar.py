"""Use case: a learner says that something looks wrong, or asks for an exception."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.excepting import check_link, find_place, find_stack
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner, lock_learners
from lti_tool.persistence.requests import (
    RequestState,
    add_request,
    find_open_request,
    list_requests_of,
)
from lti_tool.persistence.snapshots import load_rules


def ask_registrar(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    learner_id: int,
    stack_key: str,
    address: str,
    text: str,
    url: str,
    form_id: str,
    now: datetime,
) -> None:
    """Store a request about one requirement of a stack for the registrars.

    The same form sent twice is one request. ``InvalidInputError`` without text, for a place that
    is not in the rule, a link that is none, or while an earlier request about it is open.
    """
    if not text.strip():
        raise InvalidInputError("Say what looks wrong, or what you ask for.", field="text")
    check_link(url, "url")
    with database.writing() as session:
        stack = find_stack(load_rules(session, institution_id), stack_key)
        if find_place(stack, address) is None:
            raise InvalidInputError("Choose what it is about.", field="address")
        lock_learners(session, [learner_id])
        if any(str(known.uuid) == form_id for known in list_requests_of(session, learner_id)):
            return
        if find_open_request(session, learner_id, stack_key, address) is not None:
            raise InvalidInputError(
                "You have asked about this already, and the answer is still open. "
                "“My requests” shows it.",
                field="address",
            )
        add_request(
            session,
            {
                "uuid": UUID(form_id),
                "institution_id": institution_id,
                "learner_id": learner_id,
                "context_id": context_id,
                "stack_key": stack_key,
                "address": address,
                "text": text.strip(),
                "url": url,
                "state": RequestState.OPEN,
                "asked_at": now,
                "answer": "",
            },
        )
        add_event(
            session,
            institution_id=institution_id,
            actor=str(get_learner(session, learner_id).uuid),
            action="request.asked",
            subject=form_id,
            at=now,
        )
