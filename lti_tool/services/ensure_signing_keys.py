"""Use case: have our signing keys at hand, and make the first one at first use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lti_tool.lti.keys import SealedKey, SigningKey, make_key, open_key
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.tool_keys import add_tool_key, list_tool_keys


def ensure_signing_keys(
    database: Database,
    secret_key: bytes,
    *,
    now: datetime,
    known: Mapping[str, SigningKey] | None = None,
) -> tuple[SigningKey, ...]:
    """Return our keys, the signing one first; two processes that start at once make one.

    Keys that are ``known`` by their id are not opened again. ``ConfigurationError`` when
    ``secret_key`` is not the one they were sealed with.
    """
    with database.reading() as session:
        rows = list_tool_keys(session)
    if not rows:
        with database.writing() as session:
            lock_name(session, "tool keys")
            if not list_tool_keys(session):
                made = make_key(secret_key)
                add_tool_key(session, made.kid, made.encrypted_private_key, now)
            rows = list_tool_keys(session)
    held = known or {}
    return tuple(
        held.get(row.kid) or open_key(SealedKey(row.kid, row.encrypted_private_key), secret_key)
        for row in rows
    )
