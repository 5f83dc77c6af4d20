"""Which courses somebody teaches, as far as launches have shown."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Membership


def list_taught(session: Session, learner_id: int, *, but: int) -> list[Context]:
    """Return the other courses that somebody teaches as far as launches have shown, by title."""
    query = (
        select(Context)
        .join(Membership, Membership.context_id == Context.id)
        .where(
            Membership.learner_id == learner_id,
            Membership.is_instructor,
            Membership.is_active,
            Context.id != but,
        )
        .order_by(Context.title, Context.id)
    )
    return list(session.scalars(query))
