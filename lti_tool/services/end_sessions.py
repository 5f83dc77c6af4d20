"""Use case: a person signs out, in one browser or in all of them."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.administrators import end_administrator_sessions
from lti_tool.persistence.base import Database
from lti_tool.persistence.learner_sessions import (
    Own,
    end_learner_session,
    end_learner_sessions,
)
from lti_tool.persistence.sign_in_attempts import void_attempts
from lti_tool.persistence.sign_in_ways import Person
from lti_tool.signing_in.opening import note


def sign_out_learner(database: Database, own: Own, *, now: datetime) -> None:
    """End the session of this browser; a second time changes nothing."""
    with database.writing() as session:
        end_learner_session(session, own.token_hash)
        note(session, own.person, "learner-signed-out", now, "")


def end_sessions(database: Database, person: Person, *, now: datetime) -> None:
    """End every session outside a course, and whatever has begun; the ways stay."""
    with database.writing() as session:
        void_attempts(session, person, now)
        if person.administrator_id is not None:
            end_administrator_sessions(session, person.administrator_id)
        elif person.learner_id is not None:
            end_learner_sessions(session, person.learner_id)
        note(session, person, "signed-out-everywhere", now, "")
