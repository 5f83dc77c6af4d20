"""Use case: an institution no longer trusts an issuer."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.trusted_issuers import find_trusted


def distrust_issuer(
    database: Database, *, institution_key: str, name: str, reason: str, actor: str, now: datetime
) -> None:
    """End the trust in an issuer; what was recognised stays, and is a person's to correct.

    ``NotFoundError`` when the institution does not trust it, ``InvalidInputError`` without a
    reason.
    """
    if not reason.strip():
        raise InvalidInputError("Say why the trust ends.", field="reason")
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        lock_name(session, f"trusted-issuers:{institution.id}")
        row = find_trusted(session, institution.id, name)
        if row is None:
            raise NotFoundError(f"'{institution_key}' does not trust '{name}'.")
        row.ended_at, row.end_reason = now, reason.strip()
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="issuer.distrusted",
            at=now,
            subject=str(row.uuid),
            detail={"issuer": name},
        )
