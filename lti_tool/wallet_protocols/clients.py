"""Wallets that have registered themselves, and how they show who they are."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.errors import OAuthError
from lti_tool.persistence.wallet_access import WalletClient, find_client
from lti_tool.wallet_protocols.secrets import hash_secret

UNAUTHORIZED = 401
PUBLIC_CLIENT = "none"
"""The method of an app, which cannot keep a secret."""


@dataclass(frozen=True, slots=True)
class ClientProof:
    """Who a wallet says it is, by which method, with which secret."""

    client_id: str
    method: str
    secret: str = ""


def check_client(session: Session, proof: ClientProof) -> WalletClient:
    """Return the wallet that ``proof`` shows; ``OAuthError`` (401) otherwise."""
    client = find_client(session, proof.client_id)
    given = "" if proof.method == PUBLIC_CLIENT else hash_secret(proof.secret)
    if (
        client is None
        or client.auth_method != proof.method
        or not hmac.compare_digest(client.secret_hash or "", given)
    ):
        raise OAuthError(
            "The wallet is unknown, or its secret is wrong.",
            code="invalid_client",
            status=UNAUTHORIZED,
        )
    return client
