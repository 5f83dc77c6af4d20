"""Use case: forget what is past use: logins, sessions, nonces, offers to wallets, uploads."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.administrators import delete_expired_access
from lti_tool.persistence.api_keys import delete_old_nonces
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import delete_old_codes
from lti_tool.persistence.learner_sessions import delete_old_learner_sessions
from lti_tool.persistence.sessions import delete_expired
from lti_tool.persistence.sign_in_attempts import delete_old_attempts
from lti_tool.persistence.staged_sheets import delete_old_sheets
from lti_tool.persistence.wallet_access import delete_expired_wallets
from lti_tool.persistence.wallet_offers import delete_expired_offers


def forget_expired(database: Database, *, now: datetime) -> None:
    """Delete what expired; none of it was good for anything any more."""
    with database.writing() as session:
        delete_expired(session, now)
        delete_old_nonces(session, now)
        delete_expired_access(session, now)
        delete_expired_offers(session, now)
        delete_expired_wallets(session, now)
        delete_old_codes(session, now)
        delete_old_sheets(session, now)
        delete_old_attempts(session, now)
        delete_old_learner_sessions(session, now)
