"""Use case: erase what is known about one person."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner, lock_learners
from lti_tool.persistence.personal_data import erase_person


def forget_learner(
    database: Database, *, institution_id: int, learner_id: int, actor: str, now: datetime
) -> None:
    """Erase name, identities, courses, sessions and what was handed in (GDPR article 17).

    Completions and awards stay without a name, so that the ledger and its sums stay whole.
    ``actor`` is the uuid of the administrator who asks; the act is written down.
    """
    with database.writing() as session:
        lock_learners(session, [learner_id])
        learner = get_learner(session, learner_id)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="learner-erased",
            subject=str(learner.uuid),
            at=now,
        )
        erase_person(session, learner_id, now)
