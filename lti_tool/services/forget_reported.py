"""Use case: erase what is known about a person whom another system has retired."""

from __future__ import annotations

from datetime import datetime

from lti_tool.lti.registrations import authority_of_issuer
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import find_learners, get_learner, lock_learners
from lti_tool.persistence.personal_data import erase_person
from lti_tool.signatures import Caller


def forget_reported(
    database: Database, caller: Caller, *, issuer: str, subject: str, now: datetime
) -> bool:
    """Erase whom ``issuer`` calls ``subject``; False when nobody is known by that name.

    Completions and awards stay without a name, as with ``forget_learner``. Repeating it changes
    nothing. ``ForbiddenError`` for an issuer that the key does not speak for.
    """
    caller.check_issuer(issuer)
    with database.writing() as session:
        known = find_learners(
            session, caller.institution_id, authority_of_issuer(issuer), [subject]
        )
        if not known:
            return False
        learner_id = known[subject]
        lock_learners(session, [learner_id])
        add_event(
            session,
            institution_id=caller.institution_id,
            actor=f"api-key:{caller.key_id}",
            action="learner-erased",
            subject=str(get_learner(session, learner_id).uuid),
            at=now,
        )
        erase_person(session, learner_id, now)
    return True
