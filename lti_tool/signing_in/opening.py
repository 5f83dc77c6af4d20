"""A session outside a course: opened by a way, with a new token every time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.entering.opened import hash_token
from lti_tool.errors import ForbiddenError
from lti_tool.persistence.administrators import (
    Administrator,
    actor_of,
    add_administrator_session,
    end_administrator_session,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learner_sessions import add_learner_session, end_learner_session
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.sign_in_ways import Audience, Person

SESSION_LIFE = timedelta(hours=12)
"""A working day; a session that nobody uses ends sooner (IDLE_LIFE)."""


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """The token that the browser keeps, on which side, and the page that was wanted, or ""."""

    token: str
    audience: Audience
    next_page: str = ""


def open_session(
    session: Session, person: Person, now: datetime, *, way: str, old_token: str = ""
) -> str:
    """Sign somebody in and return the new session's token; the browser's old one is void.

    ``ForbiddenError`` where they are let in no more, or their institution is suspended.
    """
    _check(session, person)
    token = secrets.token_urlsafe(32)
    if person.administrator_id is not None:
        end_administrator_session(session, hash_token(old_token))
        add_administrator_session(
            session, hash_token(token), person.administrator_id, now, now + SESSION_LIFE
        )
    else:
        end_learner_session(session, hash_token(old_token))
        assert person.learner_id is not None  # noqa: S101 - a person is one or the other
        add_learner_session(session, hash_token(token), person.learner_id, now, now + SESSION_LIFE)
    is_staff = person.audience is Audience.STAFF
    note(session, person, "administrator-signed-in" if is_staff else "learner-signed-in", now, way)
    return token


def note(session: Session, person: Person, action: str, now: datetime, way: str) -> None:
    """Write down what somebody did with a way."""
    actor = actor_name(session, person)
    add_event(
        session,
        institution_id=person.institution_id,
        actor=actor,
        action=action,
        subject=actor.removeprefix("admin:"),
        detail={"way": way},
        at=now,
    )


def actor_name(session: Session, person: Person) -> str:
    """Return how audit events name this person."""
    if person.administrator_id is not None:
        return actor_of(session.get_one(Administrator, person.administrator_id).uuid)
    assert person.learner_id is not None  # noqa: S101 - a person is one or the other
    return str(get_learner(session, person.learner_id).uuid)


def _check(session: Session, person: Person) -> None:
    is_removed = (
        person.administrator_id is not None
        and session.get_one(Administrator, person.administrator_id).removed_at is not None
    )
    is_suspended = (
        person.institution_id is not None
        and get_institution_by_id(session, person.institution_id).suspended_at is not None
    )
    if is_removed or is_suspended:
        raise ForbiddenError(
            "This account is not let in any more, or the institution is suspended here.",
            code="sign-in-closed",
        )
