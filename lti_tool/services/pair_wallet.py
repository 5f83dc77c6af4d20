"""Use case: show a learner a code with which a wallet elsewhere asks for their consent."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.wallet_access import WalletPairing, replace_pairing
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.secrets import hash_pairing_code, new_pairing_code
from lti_tool.wallet_protocols.ways import check_way

PAIRING_LIFE = timedelta(minutes=10)


def pair_wallet(
    database: Database,
    secret_key: bytes,
    *,
    institution_id: int,
    learner_id: int,
    now: datetime,
) -> str:
    """Return a code that is good once, for ten minutes; an earlier one is over.

    ``ForbiddenError`` where the institution does not let wallets read.
    """
    code = new_pairing_code()
    with database.writing() as session:
        check_way(get_institution_by_id(session, institution_id), Way.BADGES_API)
        pairing = WalletPairing(
            code_hash=hash_pairing_code(secret_key, code),
            institution_id=institution_id,
            learner_id=learner_id,
            created_at=now,
            expires_at=now + PAIRING_LIFE,
        )
        replace_pairing(session, pairing)
    return code
