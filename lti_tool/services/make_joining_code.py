"""Use case: give an account a code with which its person can join another one to it."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import replace_code
from lti_tool.persistence.learners import get_learner, lock_name
from lti_tool.wallets.codes import LIFE, hash_code, make_code


def make_joining_code(
    database: Database, secret_key: bytes, *, learner_id: int, now: datetime
) -> str:
    """Return a new code, good once and for ten minutes; one made before is good no more.

    Only its hash is kept: it is shown now and never again.
    """
    code = make_code()
    with database.writing() as session:
        learner = get_learner(session, learner_id)
        lock_name(session, f"joining-code:{learner_id}")
        code_hash = hash_code(secret_key, learner.institution_id, code)
        replace_code(session, learner.institution_id, learner_id, code_hash, now, now + LIFE)
        add_event(
            session,
            institution_id=learner.institution_id,
            actor=str(learner.uuid),
            action="joining-code-made",
            subject=str(learner.uuid),
            at=now,
        )
    return code
