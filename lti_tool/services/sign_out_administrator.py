"""Use case: sign an administrator out of one browser."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.administrators import SignedIn, end_administrator_session
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database


def sign_out_administrator(database: Database, signed_in: SignedIn, *, now: datetime) -> None:
    """End the session; a second time changes nothing."""
    with database.writing() as session:
        end_administrator_session(session, signed_in.token_hash)
        add_event(
            session,
            institution_id=signed_in.institution_id,
            actor=signed_in.actor,
            action="administrator-signed-out",
            subject=str(signed_in.uuid),
            at=now,
        )
