"""Use case: a learner no longer wants new credentials to name the identifier of their wallet."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import delete_dids


def forget_did(
    database: Database, *, institution_id: int, learner_id: int, actor: str, now: datetime
) -> None:
    """Forget every DID that a learner, or an account that they have joined, has proved.

    What was issued keeps it; a wallet that proves one again makes it known again.
    """
    with database.writing() as session:
        if delete_dids(session, learner_id):
            add_event(
                session,
                institution_id=institution_id,
                actor=actor,
                action="holder-did-forgotten",
                subject=actor,
                at=now,
            )
