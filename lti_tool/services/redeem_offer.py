"""Use case: a wallet gets an access token for an offer and the code that the learner typed."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.errors import OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import Way, find_offer
from lti_tool.wallet_protocols.secrets import hash_pin, hash_secret, new_secret

TOKEN_LIFE = timedelta(minutes=5)
MOST_WRONG_PINS = 5


def redeem_offer(
    database: Database,
    secret_key: bytes,
    *,
    institution_uuid: UUID,
    code: str,
    pin: str,
    now: datetime,
) -> str:
    """Return an access token that is good for five minutes; the offer is used up.

    ``OAuthError`` ``invalid_grant`` for a code that is unknown, used or over, and for a wrong
    transaction code: after five of them the offer is over.
    """
    token = new_secret()
    with database.writing() as session:
        found = find_offer(session, Way.OID4VCI, now, secret_hash=hash_secret(code))
        if (
            found is None
            or found.offer.used_at is not None
            or found.offer.failures >= MOST_WRONG_PINS
            or found.institution.uuid != institution_uuid
        ):
            raise OAuthError(
                "The code was used already, or its time is over.", code="invalid_grant"
            )
        offer = found.offer
        is_right = hmac.compare_digest(hash_pin(secret_key, code, pin), offer.pin_hash or "")
        if is_right:
            offer.used_at = now
            offer.token_hash = hash_secret(token)
            offer.expires_at = now + TOKEN_LIFE
        else:
            # Kept, though the request is refused.
            offer.failures += 1
    if not is_right:
        raise OAuthError("The transaction code is wrong.", code="invalid_grant")
    return token
