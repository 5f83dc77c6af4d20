"""Use case: list the endorsements that an institution signed, and those it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.endorsements import list_given, list_issued


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """An endorsement by the institution; ``url`` is where the tool serves it."""

    uuid: UUID
    target: str
    name: str
    url: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class GivenRow:
    """An endorsement by somebody else; ``achievement`` is its key, None for the institution."""

    uuid: UUID
    achievement: str | None
    issuer: str
    issuer_name: str
    comment: str
    outcome: str
    valid_until: datetime | None
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Endorsements:
    """Both kinds, the oldest first."""

    issued: tuple[IssuedRow, ...]
    given: tuple[GivenRow, ...]


def list_endorsements(
    database: Database, signing: Signing, *, institution_key: str
) -> Endorsements:
    """Return all endorsements of an institution; ``NotFoundError`` for an unknown one."""
    with database.reading() as session:
        institution = get_institution(session, institution_key)
        issuer = issuer_of(signing, institution)
        keys = {row.id: row.key for row in list_achievements(session, institution.id)}
        return Endorsements(
            tuple(
                IssuedRow(
                    row.uuid, row.target, row.name, issuer.endorsement_url(row.uuid), row.issued_at
                )
                for row in list_issued(session, institution.id)
            ),
            tuple(
                GivenRow(
                    uuid=row.uuid,
                    achievement=None if row.achievement_id is None else keys[row.achievement_id],
                    issuer=row.issuer,
                    issuer_name=row.issuer_name,
                    comment=row.comment,
                    outcome=row.outcome,
                    valid_until=row.valid_until,
                    added_at=row.added_at,
                )
                for row in list_given(session, institution.id)
            ),
        )
