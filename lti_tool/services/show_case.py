"""Use case: show a registrar one learner, with the facts beside what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.case_views import ExceptionView, RequestView, exception_views, request_view
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import list_completions
from lti_tool.persistence.exceptions import list_exceptions
from lti_tool.persistence.learners import Learner, get_learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.requests import (
    get_learner_of,
    get_request,
    list_requests_of,
    list_subjects,
)
from lti_tool.standing_views import Standing, read_standing


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One completion, withdrawn ones included."""

    name: str
    on: date
    grade: Decimal | None
    scale: str
    credits: Decimal
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """One learner in all stacks, and all that was asked and decided.

    ``request`` is the one the page is about, None for a case without; ``requests`` are all.
    """

    learner_uuid: UUID
    learner_name: str
    called: tuple[str, ...]
    request: RequestView | None
    requests: tuple[RequestView, ...]
    exceptions: tuple[ExceptionView, ...]
    standing: Standing
    names: Mapping[str, str]
    history: tuple[HistoryLine, ...]
    known_on: datetime


def show_case(
    database: Database,
    *,
    institution_id: int,
    learner_uuid: UUID | None = None,
    request_uuid: UUID | None = None,
    now: datetime,
) -> CaseView:
    """Return the case of a request, or of a learner; ``NotFoundError`` if it is not theirs."""
    with database.reading() as session:
        request = None
        if request_uuid is not None:
            request = get_request(session, request_uuid, institution_id)
        if learner_uuid is not None:
            learner = get_learner_of(session, institution_id, learner_uuid)
        else:
            learner = get_learner(session, request.learner_id if request else 0)
        names = {a.key: a.name for a in list_achievements(session, institution_id)}
        is_theirs = request is not None and request.learner_id == learner.id
        return CaseView(
            learner_uuid=learner.uuid,
            learner_name=learner.name or NAMELESS,
            called=tuple(list_subjects(session, learner.id)),
            request=request_view(request, learner) if request and is_theirs else None,
            requests=_requests(session, learner),
            exceptions=exception_views(
                session,
                list_exceptions(session, institution_id, learner_id=learner.id),
                now.date(),
            ),
            standing=read_standing(session, institution_id, learner.id, names, now),
            names=names,
            history=_history(session, learner.id, names),
            known_on=now,
        )


def _requests(session: Session, learner: Learner) -> tuple[RequestView, ...]:
    return tuple(request_view(row, learner) for row in list_requests_of(session, learner.id))


def _history(
    session: Session, learner_id: int, names: Mapping[str, str]
) -> tuple[HistoryLine, ...]:
    rows = list_completions(session, [learner_id])
    rows.sort(key=lambda row: row[0].completed_on, reverse=True)
    return tuple(
        HistoryLine(
            names.get(key, key), row.completed_on, row.grade, row.scale, row.credits, at is not None
        )
        for row, key, at in rows
    )
