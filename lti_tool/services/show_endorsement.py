"""Use case: give out an endorsement that an institution signed, as anybody may read it."""

from __future__ import annotations

from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_uuid
from lti_tool.persistence.endorsements import get_issued


def show_endorsement(database: Database, institution_uuid: UUID, uuid: UUID) -> str:
    """Return the signed document; ``NotFoundError`` for anything else."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        return get_issued(session, institution.id, uuid).document or ""
