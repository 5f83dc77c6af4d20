"""Use case: somebody wants the pages and mails in another language than their platform's."""

from __future__ import annotations

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.translating import is_spoken


def choose_language(database: Database, *, session_id: int, learner_id: int, language: str) -> None:
    """Keep a language for the open session and for mails, until the next launch says another.

    ``InvalidInputError`` for a language that is not offered.
    """
    if not is_spoken(language):
        raise InvalidInputError("Choose one of the languages of the list.", field="language")
    with database.writing() as session:
        session.get_one(LaunchSession, session_id).locale = language
        get_learner(session, learner_id).language = language
