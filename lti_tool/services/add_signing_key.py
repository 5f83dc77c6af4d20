"""Use case: publish a next signing key of ours, before it signs."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import ConflictError
from lti_tool.lti.keys import make_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.tool_keys import KeyState, add_tool_key, list_tool_keys


def add_signing_key(database: Database, secret_key: bytes, *, actor: str, now: datetime) -> str:
    """Make a key, publish it as the next one, and return its id; the very first signs at once.

    ``ConflictError`` when there is a next one already.
    """
    made = make_key(secret_key)
    with database.writing() as session:
        lock_name(session, "tool keys")
        rows = list_tool_keys(session)
        if any(row.state == KeyState.NEXT for row in rows):
            raise ConflictError("There is a next key already; 'quoin keys list' shows it.")
        state = KeyState.NEXT if rows else KeyState.CURRENT
        add_tool_key(session, made.kid, made.encrypted_private_key, now, state=state)
        add_event(
            session,
            institution_id=None,
            actor=actor,
            action="key-published",
            subject=made.kid,
            at=now,
        )
    return made.kid
