"""Use case: list the credentials that are promised and not issued, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import credentials
from lti_tool.persistence.base import Database


@dataclass(frozen=True, slots=True)
class Unissued:
    """A credential that is not there yet: whose award it is of, and what stands in the way.

    ``award`` is the uuid of the award; ``answer`` is empty before the first try.
    """

    award: str
    institution: str
    achievement: str
    state: str
    answer: str
    promised_at: datetime


def list_unissued(database: Database) -> list[Unissued]:
    """Return every promised credential that is not issued, the oldest promise first."""
    with database.reading() as session:
        return [
            Unissued(
                award=str(delivery.payload["award"]),
                institution=institution,
                achievement=name,
                state=delivery.state,
                answer=delivery.last_answer,
                promised_at=delivery.created_at,
            )
            for delivery, institution, name in credentials.list_unissued(session)
        ]
