"""Use case: let nobody of an institution sign in with its provider any more."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.sign_in_ways import remove_provider


def remove_sign_in_provider(
    database: Database, institution_key: str, *, actor: str, now: datetime
) -> None:
    """Forget the provider and its secret; passkeys and addresses stay.

    ``NotFoundError`` for an unknown institution, or one without a provider.
    """
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        if not remove_provider(session, institution.id):
            raise NotFoundError(f"'{institution_key}' has no provider to sign in with.")
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="sign-in-provider-removed",
            subject=str(institution.uuid),
            at=now,
        )
