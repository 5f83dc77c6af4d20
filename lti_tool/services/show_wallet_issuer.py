"""Use case: tell wallets how an institution issues by OpenID4VCI."""

from __future__ import annotations

from uuid import UUID

from lti_tool.credentials.did_web import Issuer
from lti_tool.errors import NotFoundError
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_uuid
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.ways import ways_of


def show_wallet_issuer(database: Database, signing: Signing, institution_uuid: UUID) -> Issuer:
    """Return the issuer; ``NotFoundError`` where there is none, or where this way is off."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
    if institution.suspended_at is not None or Way.OID4VCI not in ways_of(institution):
        raise NotFoundError("This institution issues nothing by OpenID4VCI.")
    return issuer_of(signing, institution)
