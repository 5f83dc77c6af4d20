"""Use case: a mailed code is typed, to sign in or to confirm an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.entering.opened import hash_token
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import SignInAttempt, hold_attempt
from lti_tool.persistence.sign_in_ways import Kind, find_way
from lti_tool.signing_in.adding import add
from lti_tool.signing_in.attempts import AttemptKind, Door, belongs
from lti_tool.signing_in.codes import MOST_TRIES, is_code
from lti_tool.signing_in.lookups import mail_lookup
from lti_tool.signing_in.next_pages import next_page
from lti_tool.signing_in.opening import SignedInNow, open_session

WRONG = "This is not the code, or it is too old. After five tries, ask for a new one."


def enter_sign_in_code(
    database: Database,
    secret_key: bytes,
    door: Door,
    *,
    token: str,
    code: str,
    wanted: str = "",
    old_token: str = "",
    now: datetime,
) -> SignedInNow | None:
    """Sign in whoever has the address; where a way is added, keep it and return None.

    ``InvalidInputError`` (field "code") says the same for a wrong code, an address that nobody
    has, and a code that is over; each try is counted.
    """
    with database.writing() as session:
        attempt = _right(session, secret_key, door, token, code, now)
    if attempt is None:
        raise InvalidInputError(WRONG, code="sign-in-code", field="code")
    lookup = mail_lookup(door.institution_id, door.audience, attempt.address or "")
    with database.writing() as session:
        if door.adds_for is not None:
            add(
                session,
                door.adds_for,
                Kind.MAIL,
                now,
                field="code",
                lookup=lookup,
                name=(attempt.address or "")[:100],
                address=attempt.address,
            )
            return None
        way = find_way(session, lookup)
        if way is None or way.person != attempt.person:
            raise InvalidInputError(WRONG, code="sign-in-code", field="code")
        way.last_used_at = now
        opened = open_session(session, way.person, now, way=Kind.MAIL, old_token=old_token)
    return SignedInNow(opened, door.audience, next_page(door.audience, wanted))


def _right(
    session: Session, secret_key: bytes, door: Door, token: str, code: str, now: datetime
) -> SignInAttempt | None:
    """Count the try and return the attempt if its code was typed, which uses it up."""
    attempt = hold_attempt(session, hash_token(token), now)
    if attempt is None or not belongs(attempt, door, AttemptKind.MAIL):
        return None
    is_open = attempt.tries < MOST_TRIES
    attempt.tries += 1
    # A code is compared whoever has the address, so that the time tells nothing.
    is_right = is_code(secret_key, attempt.nonce, code)
    is_somebody = attempt.learner_id is not None or attempt.administrator_id is not None
    if not (is_open and is_right and is_somebody):
        return None
    attempt.expires_at = now
    return attempt
