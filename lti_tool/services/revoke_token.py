"""Use case: a wallet gives up what it may read (RFC 7009)."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import delete_grant, find_grant
from lti_tool.wallet_protocols.clients import ClientProof, check_client
from lti_tool.wallet_protocols.secrets import hash_secret


def revoke_token(database: Database, proof: ClientProof, token: str, *, now: datetime) -> None:
    """End the consent to which an access or refresh token belongs.

    A token that is unknown is none any more; ``OAuthError`` for a wallet that is not known.
    """
    with database.writing() as session:
        client = check_client(session, proof)
        for column in ("access", "refresh"):
            found = find_grant(session, column, hash_secret(token), now, locks=True)
            if found is not None and found.client.id == client.id:
                delete_grant(session, found.learner.id, found.grant.uuid)
                add_event(
                    session,
                    institution_id=found.institution.id,
                    actor="wallet",
                    action="wallet-withdrawn",
                    subject=str(found.grant.uuid),
                    at=now,
                )
