"""Use case: end an exception, and ask about the awards that were made with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.excepting import check_author
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.exceptions import add_end, get_exception
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.reviews import Cause
from lti_tool.reviewing import ask_about


@dataclass(frozen=True, slots=True)
class Ended:
    """How many awards now wait for a person's decision."""

    reviews: int


def end_exception(
    database: Database,
    exception_uuid: UUID,
    *,
    reason: str,
    actor: str,
    by: str = "",
    now: datetime,
    within: int | None = None,
) -> Ended:
    """End an exception by a second record; it counts nowhere from ``now`` on.

    An award that was made with it and does not follow without it is listed for review, never
    removed. ``within`` is the institution of a registrar (internal id). ``InvalidInputError``
    without a reason, ``NotFoundError`` for one of others, ``ConflictError`` for one that ended.
    """
    if not reason.strip():
        raise InvalidInputError("Say why: the reason is kept.", field="reason")
    check_author(by or actor)
    with database.writing() as session:
        found = get_exception(session, exception_uuid, within)
        row = found.exception
        lock_learners(session, [row.learner_id])
        add_end(session, row.id, reason.strip(), by or actor, now)
        cause = Cause(reason.strip(), exception_id=row.id)
        asked = ask_about(session, row.institution_id, row.learner_id, row.uuid, cause, now)
        add_event(
            session,
            institution_id=row.institution_id,
            actor=actor,
            action="exception.ended",
            subject=str(row.uuid),
            at=now,
            detail=asked.detail,
        )
    return Ended(len(asked.opened))
