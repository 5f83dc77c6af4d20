"""Whoever holds one of our mails ends them, without signing in."""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.mailing import unsubscribe_token
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import find_learner_by_uuid
from lti_tool.persistence.news import find_settings


def stop_news_mail(
    database: Database, *, learner_uuid: UUID, token: str, secret_key: bytes, now: datetime
) -> None:
    """End the mails to the address for which ``token`` was made; twice changes nothing.

    ``NotFoundError`` for any other token. The news stay in the tool.
    """
    with database.writing() as session:
        learner = find_learner_by_uuid(session, learner_uuid)
        settings = None if learner is None else find_settings(session, learner.id)
        address = (settings.address if settings else None) or ""
        right = unsubscribe_token(secret_key, str(learner_uuid), address)
        if settings is None or not hmac.compare_digest(token.encode(), right.encode()):
            raise NotFoundError("This link is of no mail that we send.")
        settings.mailed, settings.digest_due_at, settings.changed_at = [], None, now
