"""What a wallet may read with an access token."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import OAuthError
from lti_tool.persistence.wallet_access import GrantRows, find_grant
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.secrets import hash_secret
from lti_tool.wallet_protocols.ways import ways_of

UNAUTHORIZED, FORBIDDEN = 401, 403


def find_access(session: Session, token: str, scope: str, now: datetime) -> GrantRows:
    """Return the consent of an access token that reaches as far as ``scope``.

    ``OAuthError``: 401 for a token that is unknown or over, or whose institution lets wallets
    read no longer; 403 for another scope.
    """
    found = find_grant(session, "access", hash_secret(token), now)
    if (
        found is None
        or found.grant.access_expires_at is None
        or found.grant.access_expires_at <= now
        or Way.BADGES_API not in ways_of(found.institution)
    ):
        raise OAuthError(
            "The access token is unknown, or its time is over.",
            code="invalid_token",
            status=UNAUTHORIZED,
        )
    if scope not in found.grant.scope.split():
        raise OAuthError(
            "The learner has not consented to this.", code="insufficient_scope", status=FORBIDDEN
        )
    return found
