"""Use case: give out everything that is kept about one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.personal_data import read_person


def export_learner(
    database: Database, *, institution_id: int, learner_id: int, actor: str, now: datetime
) -> dict[str, Any]:
    """Return all rows about a learner as plain data (GDPR article 15); the act is written down.

    ``actor`` is the uuid of who asks: the learner, or an administrator of the platform.
    """
    with database.writing() as session:
        learner = get_learner(session, learner_id)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="learner-exported",
            subject=str(learner.uuid),
            at=now,
        )
        return {"exported_at": now.isoformat(), **read_person(session, learner_id)}
