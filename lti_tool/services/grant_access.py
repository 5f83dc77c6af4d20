"""Use case: a learner consents, by the code of their page, to what a wallet asks for."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.wallet_access import WalletGrant, add_row, find_client, use_pairing
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.oauth import ConsentRequest
from lti_tool.wallet_protocols.secrets import hash_pairing_code, hash_secret, new_secret
from lti_tool.wallet_protocols.ways import check_way

CODE_LIFE = timedelta(minutes=1)


def grant_access(
    database: Database,
    secret_key: bytes,
    request: ConsentRequest,
    *,
    pairing_code: str,
    now: datetime,
) -> str:
    """Return the code for the wallet, which is good once, for a minute.

    ``InvalidInputError`` for a pairing code that is wrong, used or over; ``ForbiddenError``
    where the learner's institution does not let wallets read.
    """
    code = new_secret()
    with database.writing() as session:
        pairing = use_pairing(session, hash_pairing_code(secret_key, pairing_code), now)
        client = find_client(session, request.client_id)
        if pairing is None or client is None:
            raise InvalidInputError(
                "This code is wrong, was used already, or its ten minutes are over. Show a new "
                "one on the page about wallets in your course.",
                field="code",
            )
        institution = get_institution_by_id(session, pairing.institution_id)
        check_way(institution, Way.BADGES_API)
        client.used_at = now
        grant = WalletGrant(
            wallet_client_id=client.id,
            institution_id=pairing.institution_id,
            learner_id=pairing.learner_id,
            scope=" ".join(request.scopes),
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            code_hash=hash_secret(code),
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
        add_row(session, grant)
        add_event(
            session,
            institution_id=pairing.institution_id,
            actor=str(get_learner(session, pairing.learner_id).uuid),
            action="wallet-let-in",
            subject=str(grant.uuid),
            detail={"wallet": client.name, "scope": grant.scope},
            at=now,
        )
    return code
