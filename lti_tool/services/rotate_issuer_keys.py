"""Use case: let an institution sign its credentials with new keys from now on."""

from __future__ import annotations

from datetime import datetime

from lti_tool.credentials.signers import Algorithm
from lti_tool.issuing.signing import Signing, add_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.issuer_keys import find_signing_row
from lti_tool.persistence.learners import lock_name


def rotate_issuer_keys(
    database: Database, signing: Signing, *, institution_key: str, actor: str, now: datetime
) -> tuple[str, ...]:
    """Make new keys in the place of those that sign, and return their ids.

    The old ones are published as before, so that everything they signed stays valid; they only
    sign no longer. A kind of key that was never needed is still made when it is.
    ``NotFoundError`` for an unknown institution.
    """
    made = []
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        lock_name(session, f"issuer:{institution.id}")
        for algorithm in Algorithm:
            old = find_signing_row(session, institution.id, algorithm)
            if old is not None:
                old.retired_at = now
                made.append(add_key(session, signing, institution.id, algorithm, now).key_id)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="issuer-keys.rotated",
            at=now,
            detail={"keys": made},
        )
    return tuple(made)
