"""Use case: an administrator uses the one-time link, and is signed in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from lti_tool.entering.opened import hash_token
from lti_tool.errors import InvalidInputError
from lti_tool.lti.invitations import hash_code
from lti_tool.persistence.administrators import (
    actor_of,
    add_administrator_session,
    consume_link,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database

SESSION_LIFE = timedelta(hours=12)
"""A working day; a new one begins with a new link."""


def sign_in_administrator(database: Database, code: str, *, now: datetime) -> str:
    """Use a link up and return the token of the session that it opens.

    ``InvalidInputError`` says the same for a code that never was, was used, or is over: who
    guesses learns nothing.
    """
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        administrator = consume_link(session, hash_code(code), now)
        if administrator is None:
            raise InvalidInputError(
                "This link is not good: it was used, a newer one was made, or its time is over. "
                "Ask whoever runs this tool for another ('quoin admin invite').",
                field="code",
            )
        add_administrator_session(
            session, hash_token(token), administrator.id, now, now + SESSION_LIFE
        )
        add_event(
            session,
            institution_id=administrator.institution_id,
            actor=actor_of(administrator.uuid),
            action="administrator-signed-in",
            subject=str(administrator.uuid),
            at=now,
        )
    return token
