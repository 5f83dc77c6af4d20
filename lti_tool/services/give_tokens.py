"""Use case: a wallet gets tokens for the code of a consent, or new ones for a refresh token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.errors import OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import (
    GrantRows,
    WalletClient,
    delete_grant,
    find_grant,
)
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.clients import ClientProof, check_client
from lti_tool.wallet_protocols.oauth import OFFLINE, is_verified
from lti_tool.wallet_protocols.secrets import hash_secret, new_secret
from lti_tool.wallet_protocols.ways import ways_of

ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)
"""Counted from its last use: a wallet that never comes is forgotten."""


@dataclass(frozen=True, slots=True)
class CodeProof:
    """The code of a consent, with what shows that it was this wallet which asked."""

    code: str
    redirect_uri: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the wallet reads with; ``refresh`` only where the learner consented to it."""

    access: str
    refresh: str | None
    scope: str


def give_tokens(
    database: Database, proof: ClientProof, given: CodeProof | str, *, now: datetime
) -> Tokens:
    """Return tokens for a code, or for a refresh token (a text), which is used up.

    ``OAuthError`` ``invalid_client`` or ``invalid_grant``. A code or refresh token that comes
    twice has been copied: the whole consent ends.
    """
    tokens = None
    with database.writing() as session:
        client = check_client(session, proof)
        found = _copied(session, given, now)
        if found is None:
            tokens = _tokens(_consent(session, client, given, now), now)
            client.used_at = now
        elif found.client.id == client.id:
            # Kept, though the request is refused: both who hold it lose what it gave.
            delete_grant(session, found.learner.id, found.grant.uuid)
    if tokens is None:
        raise _invalid()
    return tokens


def _copied(session: Session, given: CodeProof | str, now: datetime) -> GrantRows | None:
    """Return the consent of a code or refresh token that was used before."""
    if isinstance(given, str):
        return find_grant(session, "spent", hash_secret(given), now, locks=True)
    found = find_grant(session, "code", hash_secret(given.code), now, locks=True)
    return found if found is not None and found.grant.code_used_at is not None else None


def _consent(
    session: Session, client: WalletClient, given: CodeProof | str, now: datetime
) -> GrantRows:
    if isinstance(given, str):
        found = find_grant(session, "refresh", hash_secret(given), now, locks=True)
    else:
        found = find_grant(session, "code", hash_secret(given.code), now, locks=True)
    if found is None or found.client.id != client.id:
        raise _invalid()
    if Way.BADGES_API not in ways_of(found.institution):
        raise _invalid()
    if isinstance(given, CodeProof) and (
        found.grant.redirect_uri != given.redirect_uri
        or not is_verified(found.grant.code_challenge, given.verifier)
    ):
        raise _invalid()
    return found


def _tokens(found: GrantRows, now: datetime) -> Tokens:
    grant = found.grant
    access, refresh = new_secret(), None
    grant.code_used_at = grant.code_used_at or now
    grant.access_hash, grant.access_expires_at = hash_secret(access), now + ACCESS_LIFE
    grant.expires_at = now + ACCESS_LIFE
    if OFFLINE in grant.scope.split():
        refresh = new_secret()
        grant.spent_hash, grant.refresh_hash = grant.refresh_hash, hash_secret(refresh)
        grant.expires_at = now + REFRESH_LIFE
    return Tokens(access, refresh, grant.scope)


def _invalid() -> OAuthError:
    return OAuthError("The code or token is good for nothing (any more).", code="invalid_grant")
