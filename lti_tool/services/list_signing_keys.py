"""Use case: show an operator our signing keys and what is due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.lti.key_rotation import KeyAge, Step, plan_rotation
from lti_tool.persistence.base import Database
from lti_tool.persistence.tool_keys import list_tool_keys, state_since


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key: its state, since when, and when it was published."""

    kid: str
    state: str
    since: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Every key that is published, the signing one first, and the steps to come."""

    keys: tuple[KeyRow, ...]
    steps: tuple[Step, ...]


def list_signing_keys(database: Database) -> SigningKeys:
    """Return our keys and the steps that lie before them, the earliest first."""
    with database.reading() as session:
        rows = list_tool_keys(session)
    keys = tuple(KeyRow(row.kid, row.state, state_since(row), row.created_at) for row in rows)
    steps = plan_rotation(KeyAge(key.kid, key.state, key.since) for key in keys)
    return SigningKeys(keys, tuple(steps))
