"""Use case: a wallet reads what is offered to it, and who offers it (OpenID4VCI)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import Way, find_offer
from lti_tool.wallet_protocols.oid4vci import offer
from lti_tool.wallet_protocols.secrets import hash_secret
from lti_tool.wallet_protocols.ways import ways_of


def show_credential_offer(
    database: Database, signing: Signing, *, institution_uuid: UUID, code: str, now: datetime
) -> dict[str, Any]:
    """Return the offer of this code while nobody has used it; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        found = find_offer(session, Way.OID4VCI, now, secret_hash=hash_secret(code))
    if (
        found is None
        or found.offer.used_at is not None
        or found.institution.uuid != institution_uuid
        or Way.OID4VCI not in ways_of(found.institution)
    ):
        raise NotFoundError("This offer was used already, or its time is over.")
    return offer(issuer_of(signing, found.institution), code)
