"""Use case: say which language an institution's pages and mails speak where nobody says another."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.translating import is_spoken


def change_language(
    database: Database, key: str, language: str | None, *, actor: str, now: datetime
) -> bool:
    """Keep the language of an institution, or none (None: English); True if that is new.

    It is spoken where neither the launch nor the browser asks for one of ours, and in the mails
    of learners who never said one. ``NotFoundError`` for an unknown institution,
    ``InvalidInputError`` for a language that is not offered.
    """
    if language is not None and not is_spoken(language):
        raise InvalidInputError("Choose one of the languages of the list.", field="language")
    with database.writing() as session:
        institution = get_institution(session, key)
        if institution.language == language:
            return False
        institution.language = language
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="language-changed",
            subject=str(institution.uuid),
            at=now,
            detail={"language": language or ""},
        )
        return True
