"""Use case: show what an institution publishes as an issuer of credentials."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.issuing.documents import IssuerDocuments, issuer_documents
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_uuid


def show_issuer(
    database: Database, signing: Signing, institution_uuid: UUID, *, now: datetime
) -> IssuerDocuments:
    """Return the documents of the institution with this uuid; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        return issuer_documents(session, signing, institution, now)
