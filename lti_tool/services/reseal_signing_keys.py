"""Use case: encrypt our signing keys with a new secret."""

from __future__ import annotations

from datetime import datetime

from lti_tool.lti.keys import SealedKey, reseal_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.tool_keys import list_tool_keys


def reseal_signing_keys(
    database: Database, old_secret: bytes, new_secret: bytes, *, actor: str, now: datetime
) -> int:
    """Seal every key with ``new_secret``, all or none, and return how many were changed.

    Repeating it changes nothing. ``ConfigurationError`` when neither secret opens a key.
    """
    changed = 0
    with database.writing() as session:
        lock_name(session, "tool keys")
        for row in list_tool_keys(session):
            sealed = SealedKey(row.kid, row.encrypted_private_key)
            fresh = reseal_key(sealed, old_secret, new_secret)
            changed += fresh is not sealed
            row.encrypted_private_key = fresh.encrypted_private_key
        add_event(
            session,
            institution_id=None,
            actor=actor,
            action="keys-resealed",
            detail={"keys": changed},
            at=now,
        )
    return changed
