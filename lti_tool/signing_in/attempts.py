"""An attempt to sign in: begun in one browser, taken up there once, or refused."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.entering.opened import hash_token
from lti_tool.errors import ForbiddenError, InvalidInputError
from lti_tool.persistence.sign_in_attempts import SignInAttempt, add_attempt
from lti_tool.persistence.sign_in_ways import Audience, Person

ATTEMPT_LIFE = timedelta(minutes=10)
FRESH = timedelta(minutes=30)
"""How new a session has to be for somebody to change how they sign in."""


class AttemptKind(StrEnum):
    """What comes back to an attempt."""

    PROVIDER = "provider"
    PASSKEY = "passkey"
    MAIL = "mail"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody knocks: on which side, at which institution, with which browser.

    ``institution_id`` is None at the door of the whole tool. ``browser`` is the value of the
    cookie that binds an attempt to the browser in which it began. ``adds_for`` is who is signed
    in and adds a way, None when somebody signs in.
    """

    audience: Audience
    institution_id: int | None
    browser: str
    adds_for: Person | None = None

    def check_fresh(self, signed_in_at: datetime | None, now: datetime) -> None:
        """Refuse to change ways in a session that is not new (``ForbiddenError``)."""
        if signed_in_at is None or now - signed_in_at > FRESH:
            raise ForbiddenError(
                "You signed in more than half an hour ago. Sign out, sign in again, and then "
                "change how you sign in.",
                code="sign-in-again",
            )


def new_secret() -> str:
    """Return a random text that nobody guesses."""
    return secrets.token_urlsafe(32)


def begin(
    session: Session, door: Door, kind: AttemptKind, secret: str, now: datetime, **columns: Any
) -> None:
    """Store an attempt that ``secret`` will find; ``columns`` are those of its kind."""
    person = door.adds_for or Person(door.institution_id)
    values = {
        "institution_id": person.institution_id,
        "learner_id": person.learner_id,
        "administrator_id": person.administrator_id,
        **columns,
    }
    add_attempt(
        session,
        SignInAttempt(
            key_hash=hash_token(secret),
            kind=kind,
            audience=door.audience,
            is_adding=door.adds_for is not None,
            browser_hash=hash_token(door.browser),
            created_at=now,
            expires_at=now + ATTEMPT_LIFE,
            **values,
        ),
    )


def belongs(attempt: SignInAttempt | None, door: Door, kind: AttemptKind) -> bool:
    """Return whether an attempt began at this very door, in this browser, for this purpose."""
    if attempt is None or (attempt.kind, attempt.audience) != (kind, door.audience):
        return False
    if not compare_digest(attempt.browser_hash or "", hash_token(door.browser)):
        return False
    if door.adds_for is None:
        return not attempt.is_adding and attempt.institution_id == door.institution_id
    return attempt.is_adding and attempt.person == door.adds_for


def stale(field: str = "") -> InvalidInputError:
    """Return the refusal of an attempt that is over, used, or of another browser."""
    return InvalidInputError(
        "This sign-in is over, was used already, or began in another browser. Begin again.",
        code="sign-in-over",
        field=field,
    )
