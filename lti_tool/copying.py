"""Taking over what teachers configured when a course is copied; never anybody's progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.courses import Context, find_origins, note_copy
from lti_tool.persistence.placements import copy_placements
from lti_tool.persistence.platforms import Deployment

MOST_ORIGINS = 100


def parse_history(text: str) -> list[str]:
    """Return the ids of ``$Context.id.history``: a comma list, the nearest course first."""
    return [part.strip() for part in text.split(",") if part.strip()][:MOST_ORIGINS]


def copy_from_history(
    session: Session,
    deployment: Deployment,
    context: Context,
    origin_ids: Sequence[str],
    now: datetime,
) -> Context | None:
    """Take over the configuration of the nearest origin that is known here.

    ``origin_ids`` are the platform's ids of courses, the nearest first. Notice, launch variable
    and link may all tell of one copy, in any order and more than once: it is made once. Nothing
    happens when no origin is a course of the same institution on the same platform.
    """
    if context.copied_from_id is not None or not origin_ids:
        return None
    known = find_origins(session, deployment, origin_ids)
    for origin_id in origin_ids:
        origin = known.get(origin_id)
        if origin is not None and origin.id != context.id:
            return copy_course(session, deployment, context, origin, now)
    return None


def copy_course(
    session: Session, deployment: Deployment, context: Context, origin: Context, now: datetime
) -> Context | None:
    """Take over what is placed in ``origin``, once; return it, or None when it was done before."""
    if origin.id == context.id or not note_copy(session, context.id, origin.id):
        return None
    placements = copy_placements(session, origin.id, context.id, now)
    add_event(
        session,
        institution_id=deployment.institution_id,
        actor="platform",
        action="course-copied",
        subject=str(context.uuid),
        detail={"origin": str(origin.uuid), "placements": placements},
        at=now,
    )
    session.flush()
    return origin
