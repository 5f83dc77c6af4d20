"""Use case: say how long an institution keeps what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.retaining import FOR_GOOD, KINDS, LONGEST, SHORTEST, days_of


def set_retention(
    database: Database, key: str, days: Mapping[str, int], *, actor: str, now: datetime
) -> None:
    """Keep each kind for so many days, ``FOR_GOOD`` for ever; what is left out stays as usual.

    ``InvalidInputError`` names the kind (``field``); ``NotFoundError`` for an unknown key.
    """
    for kind, number in days.items():
        if kind not in KINDS:
            raise InvalidInputError(f"'{kind}' is none of {', '.join(KINDS)}.", field=kind)
        if number != FOR_GOOD and not SHORTEST <= number <= LONGEST:
            raise InvalidInputError(
                f"Enter {SHORTEST} to {LONGEST:,} days, or 0 to keep it for good.", field=kind
            )
    with database.writing() as session:
        institution = get_institution(session, key)
        said = {kind: number for kind, number in days.items() if number != KINDS[kind].usual}
        if (institution.retention or {}) == said:
            return
        institution.retention = said or None
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="retention-set",
            subject=str(institution.uuid),
            at=now,
            detail=dict(days_of(said)),
        )
