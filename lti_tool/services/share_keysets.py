"""Use case: let all processes of this tool share the keysets of platforms."""

from __future__ import annotations

import hashlib
from datetime import datetime

from lti_tool.lti.jwks import KeysetShelf, ShelvedKeyset
from lti_tool.persistence.base import Database
from lti_tool.persistence.keysets import (
    claim_keyset,
    find_keyset,
    note_keyset,
    note_keyset_failure,
)


def share_keysets(database: Database) -> KeysetShelf:
    """Return the shelf of keysets in the database; each act on it is one short transaction."""
    return _Shelf(database)


class _Shelf:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, url: str) -> ShelvedKeyset | None:
        with self._database.reading() as session:
            row = find_keyset(session, _hash(url))
        if row is None:
            return None
        is_pending = row.answered_at is None or row.asked_at > row.answered_at
        return ShelvedKeyset(row.body, row.fresh_until, row.failure, is_pending)

    def claim(self, url: str, now: datetime, next_fetch_at: datetime) -> bool:
        with self._database.writing() as session:
            return claim_keyset(session, _hash(url), now, next_fetch_at)

    def keep(self, url: str, body: bytes, now: datetime, fresh_until: datetime) -> None:
        with self._database.writing() as session:
            note_keyset(session, _hash(url), body, now, fresh_until)

    def keep_failure(self, url: str, failure: str, now: datetime, next_fetch_at: datetime) -> None:
        with self._database.writing() as session:
            note_keyset_failure(session, _hash(url), failure, now, next_fetch_at)


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
