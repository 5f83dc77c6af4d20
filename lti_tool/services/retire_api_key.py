"""Use case: let a key of the JSON API be good no longer."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import ConflictError
from lti_tool.persistence.api_keys import get_api_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database


def retire_api_key(database: Database, key_id: str, *, actor: str, now: datetime) -> None:
    """Refuse what this key signs from now on; what it has recorded stays.

    ``NotFoundError`` for an unknown key, ``ConflictError`` for one that is retired already.
    """
    with database.writing() as session:
        key = get_api_key(session, key_id)
        if key.retired_at is not None:
            raise ConflictError(f"The API key '{key_id}' is retired already.")
        key.retired_at = now
        add_event(
            session,
            institution_id=key.institution_id,
            actor=actor,
            action="api-key-retired",
            subject=key_id,
            at=now,
        )
