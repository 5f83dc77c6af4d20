"""Use case: a learner no longer lets a wallet read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import delete_grant


def withdraw_wallet(
    database: Database,
    *,
    institution_id: int,
    learner_id: int,
    grant_uuid: UUID,
    actor: str,
    now: datetime,
) -> None:
    """End a consent: its tokens are good for nothing from now on.

    What the wallet has fetched it keeps. ``NotFoundError`` when the learner has given no such
    consent.
    """
    with database.writing() as session:
        if not delete_grant(session, learner_id, grant_uuid):
            raise NotFoundError("This wallet reads nothing of yours.")
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="wallet-withdrawn",
            subject=str(grant_uuid),
            at=now,
        )
