"""Use case: take one signing key of ours out of use."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import ConflictError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.tool_keys import KeyState, delete_tool_key, get_tool_key


def retire_signing_key(
    database: Database, kid: str, *, at_once: bool = False, actor: str, now: datetime
) -> None:
    """Stop publishing a key: a next one, which nobody has met, or with ``at_once`` a retired one.

    ``ConflictError`` for the key that signs, and for a retired one without ``at_once``, which
    platforms may still meet; ``NotFoundError`` for an unknown one.
    """
    with database.writing() as session:
        lock_name(session, "tool keys")
        key = get_tool_key(session, kid)
        if key.state == KeyState.CURRENT:
            raise ConflictError(
                "This key signs. Let another one sign first: 'quoin keys rotate --now'."
            )
        if key.state == KeyState.RETIRED and not at_once:
            raise ConflictError(
                "This key is retired already; it stays published for 14 days, for what it has "
                "signed. With --now it goes at once."
            )
        delete_tool_key(session, kid)
        add_event(
            session,
            institution_id=None,
            actor=actor,
            action="key-removed",
            subject=kid,
            detail={"at_once": at_once},
            at=now,
        )
