"""Use case: list the credentials and transcripts that are promised and not issued, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import credentials
from lti_tool.persistence.base import Database


@dataclass(frozen=True, slots=True)
class Unissued:
    """A credential or transcript that is not there yet, or is to be issued anew.

    ``award`` is the uuid of the award it is of; ``answer`` says what stands in the way and is
    empty before the first try.
    """

    kind: str
    award: str
    institution: str
    achievement: str
    state: str
    answer: str
    promised_at: datetime


def list_unissued(database: Database) -> list[Unissued]:
    """Return every promised credential and transcript that is not issued, the oldest first."""
    with database.reading() as session:
        return [
            Unissued(
                kind=delivery.kind,
                award=str(delivery.payload["award"]),
                institution=institution,
                achievement=name,
                state=delivery.state,
                answer=delivery.last_answer,
                promised_at=delivery.created_at,
            )
            for delivery, institution, name in credentials.list_unissued(session)
        ]
