"""Use case: a wallet registers itself, so that learners may let it read (RFC 7591)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.errors import OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import (
    WalletClient,
    add_row,
    count_clients,
    delete_oldest_client,
)
from lti_tool.wallet_protocols.oauth import read_registration
from lti_tool.wallet_protocols.secrets import hash_secret, new_secret
from lti_tool.wallet_protocols.ways import check_any_reads

MOST_CLIENTS = 10_000
"""Beyond, the oldest one that nobody agrees to makes room: nobody shuts others out by numbers."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A wallet as it was registered, with the secret that it is told once, if it keeps one."""

    client: WalletClient
    secret: str | None


def register_wallet(database: Database, body: dict[str, Any], *, now: datetime) -> Registered:
    """Register a wallet as far as it can be.

    ``NotFoundError`` while no institution lets wallets read, ``OAuthError`` for a registration
    that cannot be taken.
    """
    asked = read_registration(body)
    secret = None if asked.auth_method == "none" else new_secret()
    with database.writing() as session:
        check_any_reads(session)
        if count_clients(session) >= MOST_CLIENTS and not delete_oldest_client(session):
            raise OAuthError(
                "Too many wallets are registered. Try again tomorrow.",
                code="temporarily_unavailable",
                status=503,
            )
        client = WalletClient(
            client_id=new_secret()[:32],
            secret_hash=None if secret is None else hash_secret(secret),
            auth_method=asked.auth_method,
            name=asked.name,
            redirect_uris=list(asked.redirect_uris),
            scope=asked.scope,
            details=dict(asked.details),
            created_at=now,
            used_at=now,
        )
        add_row(session, client)
    return Registered(client, secret)
