"""Endorsements that hold at a moment: as credentials carry them, and as pages show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.endorsements import GivenEndorsement, list_in_force

MOST_EMBEDDED = 10
"""As many as verifiers look at in one credential."""


@dataclass(frozen=True, slots=True)
class ShownEndorsement:
    """Who endorses an achievement (or the institution), and what they say.

    ``issuer`` is their did or address, which tells more than a name; ``url`` is the id of the
    signed document.
    """

    uuid: UUID
    issuer: str
    issuer_name: str
    comment: str
    url: str
    valid_from: datetime
    valid_until: datetime | None


def read_endorsements(
    session: Session, institution_id: int, achievement_id: int | None, now: datetime
) -> tuple[dict[str, Any], ...]:
    """Return the signed documents for an achievement (None: for the institution's profile)."""
    rows = list_in_force(session, institution_id, achievement_id, now)
    return tuple(json.loads(row.document) for row in rows[:MOST_EMBEDDED])


def shown_endorsements(
    session: Session, institution_id: int, achievement_id: int | None, now: datetime
) -> list[ShownEndorsement]:
    """Return the same for a page that anybody reads."""
    rows = list_in_force(session, institution_id, achievement_id, now)
    return [_shown(row) for row in rows[:MOST_EMBEDDED]]


def _shown(row: GivenEndorsement) -> ShownEndorsement:
    return ShownEndorsement(
        uuid=row.uuid,
        issuer=row.issuer,
        issuer_name=row.issuer_name,
        comment=row.comment,
        url=row.endorsement_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
