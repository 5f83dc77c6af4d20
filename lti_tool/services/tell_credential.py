"""Use case: give another system the credential of one of its people."""

from __future__ import annotations

from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.lti.registrations import authority_of_issuer
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import find_own_credential
from lti_tool.persistence.learners import find_learners
from lti_tool.signatures import Caller


def tell_credential(
    database: Database, caller: Caller, *, issuer: str, subject: str, award_uuid: UUID
) -> str:
    """Return the signed document of an award of the person whom ``issuer`` calls ``subject``.

    ``ForbiddenError`` for an issuer that the key does not speak for, ``NotFoundError`` for an
    award of anybody else, and for one whose credential is not issued yet.
    """
    caller.check_issuer(issuer)
    with database.reading() as session:
        known = find_learners(
            session, caller.institution_id, authority_of_issuer(issuer), [subject]
        )
        found = find_own_credential(session, known[subject], award_uuid) if known else None
        if found is None:
            raise NotFoundError(
                "This person has no such credential, or it is not issued yet.",
                code="unknown-credential",
            )
        return found.document
