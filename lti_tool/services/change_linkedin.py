"""Use case: say which page at LinkedIn is an institution's."""

from __future__ import annotations

import re
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution

NUMBER = re.compile(r"[0-9]{1,20}")


def change_linkedin(
    database: Database, key: str, linkedin_id: str | None, *, actor: str, now: datetime
) -> None:
    """Keep the number of the institution's page, or forget it (None).

    ``NotFoundError`` for an unknown institution, ``InvalidInputError`` for what is no number.
    """
    if linkedin_id is not None and not NUMBER.fullmatch(linkedin_id):
        raise InvalidInputError(
            "A page at LinkedIn is named by its number, for example 1234567.", field="page"
        )
    with database.writing() as session:
        institution = get_institution(session, key)
        institution.linkedin_id = linkedin_id
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="linkedin-page-changed",
            subject=str(institution.uuid),
            detail={"page": linkedin_id or ""},
            at=now,
        )
