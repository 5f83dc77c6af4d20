"""Use case: the issuers that an institution trusts, with those it trusted once if asked."""

from __future__ import annotations

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.trusted_issuers import TrustedIssuerRow, list_trusted


def list_trusted_issuers(
    database: Database, institution_key: str, *, with_ended: bool = False
) -> list[TrustedIssuerRow]:
    """Return them in the order in which they were named; ``NotFoundError`` as ever."""
    with database.reading() as session:
        institution = get_institution(session, institution_key)
        return list_trusted(session, institution.id, with_ended=with_ended)
