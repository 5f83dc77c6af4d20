"""Use case: a person signs in by one of their ways no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_ways import Person, remove_way
from lti_tool.signing_in.opening import note


def remove_sign_in_way(database: Database, person: Person, way: UUID, *, now: datetime) -> None:
    """Take a way away; ``NotFoundError`` for one that is not theirs. Open sessions stay."""
    with database.writing() as session:
        gone = remove_way(session, person, way)
        note(session, person, "sign-in-way-removed", now, gone.kind)
