"""Use case: a learner in a course wants to come back without one, and gets a link for that."""

from __future__ import annotations

import secrets
from datetime import datetime

from lti_tool.entering.opened import hash_token
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import SignInAttempt, add_attempt, void_attempts
from lti_tool.persistence.sign_in_ways import Audience, Person
from lti_tool.signing_in.attempts import ATTEMPT_LIFE, AttemptKind
from lti_tool.signing_in.opening import note


def keep_access(database: Database, *, institution_id: int, learner_id: int, now: datetime) -> str:
    """Return the code of the link, good once and for ten minutes; one made before is void.

    It leads out of the platform's frame, where no passkey can be made and no cookie of ours is
    seen, to the page on which ways are added. Only its hash is kept.
    """
    code, person = secrets.token_urlsafe(32), Person(institution_id, learner_id=learner_id)
    with database.writing() as session:
        void_attempts(session, person, now, kind=AttemptKind.KEEP)
        add_attempt(
            session,
            SignInAttempt(
                key_hash=hash_token(code),
                kind=AttemptKind.KEEP,
                audience=Audience.LEARNER,
                institution_id=institution_id,
                learner_id=learner_id,
                created_at=now,
                expires_at=now + ATTEMPT_LIFE,
            ),
        )
        note(session, person, "keep-access-link-made", now, AttemptKind.KEEP)
    return code
