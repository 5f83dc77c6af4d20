"""Use case: the link out of a course is opened, and its learner is signed in."""

from __future__ import annotations

from datetime import datetime

from lti_tool.entering.opened import hash_token
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import consume_attempt
from lti_tool.persistence.sign_in_ways import Audience
from lti_tool.signing_in.attempts import AttemptKind
from lti_tool.signing_in.opening import SignedInNow, open_session


def take_up_access(
    database: Database, *, institution_id: int, code: str, old_token: str = "", now: datetime
) -> SignedInNow:
    """Use a link up and sign its learner in, at their institution alone.

    ``InvalidInputError`` (field "code") says the same for a code that never was, was used, is
    over, or belongs to another institution.
    """
    with database.writing() as session:
        attempt = consume_attempt(session, hash_token(code), now)
        is_good = attempt is not None and (attempt.kind, attempt.institution_id) == (
            AttemptKind.KEEP,
            institution_id,
        )
        token = ""
        if attempt is not None and is_good:
            token = open_session(
                session, attempt.person, now, way=AttemptKind.KEEP, old_token=old_token
            )
    if not token:
        raise InvalidInputError(
            "This link is not good: it was used, a newer one was made, or it is older than ten "
            "minutes. Make a new one in your course.",
            code="sign-in-over",
            field="code",
        )
    return SignedInNow(token, Audience.LEARNER)
