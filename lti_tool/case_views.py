"""Requests and exceptions in frozen values, as learners and registrars see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.administrators import find_actor_names
from lti_tool.persistence.exceptions import ExceptionRows
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.requests import Request


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request of a learner. ``answer`` is empty while it is open."""

    uuid: UUID
    learner_uuid: UUID
    learner_name: str
    stack_key: str
    address: str
    text: str
    url: str
    state: str
    asked_at: datetime
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """An exception with its end, if it has ended; ``author`` and ``ended_by`` are names.

    ``state`` is "in-force", "over" (its time is) or "ended" (by a person).
    """

    uuid: UUID
    institution: str
    learner_uuid: UUID
    learner_name: str
    stack_key: str
    kind: str
    address: str
    fact: str
    field: str
    value: str | None
    reason_code: str
    reason: str
    document_url: str
    author: str
    granted_on: date
    decided_at: datetime
    valid_until: date | None
    state: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str


def request_view(request: Request, learner: Learner) -> RequestView:
    """Return a request as a page shows it."""
    return RequestView(
        request.uuid,
        learner.uuid,
        learner.name or NAMELESS,
        request.stack_key,
        request.address,
        request.text,
        request.url,
        request.state,
        request.asked_at,
        request.decided_at,
        request.answer,
    )


def exception_views(
    session: Session, rows: Iterable[ExceptionRows], today: date
) -> tuple[ExceptionView, ...]:
    """Return exceptions as pages and commands show them."""
    found = list(rows)
    actors = {row.exception.author for row in found} | {row.end.actor for row in found if row.end}
    names = find_actor_names(session, actors)
    return tuple(_exception(row, names, today) for row in found)


def _exception(rows: ExceptionRows, names: Mapping[str, str], today: date) -> ExceptionView:
    row, end = rows.exception, rows.end
    is_over = row.valid_until is not None and row.valid_until <= today
    return ExceptionView(
        uuid=row.uuid,
        institution=rows.institution.key,
        learner_uuid=rows.learner.uuid,
        learner_name=rows.learner.name or NAMELESS,
        stack_key=row.stack_key,
        kind=row.kind,
        address=row.address,
        fact=row.fact,
        field=row.field,
        value=row.value,
        reason_code=row.reason_code,
        reason=row.reason,
        document_url=row.document_url,
        author=names.get(row.author, row.author),
        granted_on=row.granted_on,
        decided_at=row.decided_at,
        valid_until=row.valid_until,
        state="ended" if end else "over" if is_over else "in-force",
        ended_at=end.ended_at if end else None,
        ended_by=names.get(end.actor, end.actor) if end else "",
        end_reason=end.reason if end else "",
    )
