"""A learner confirms the address of their mails by the code that came to it."""

from __future__ import annotations

import hmac
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.mailing import code_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.news import ensure_settings
from lti_tool.translating import marked

MOST_TRIES = 5
WRONG_CODE = marked(
    "This is not the code, or it is too old. Save the address again to get a new one."
)


def confirm_news_address(
    database: Database,
    *,
    institution_id: int,
    learner_id: int,
    code: str,
    secret_key: bytes,
    now: datetime,
) -> None:
    """Confirm the address by the code that was mailed to it.

    ``InvalidInputError`` (field "code") for another code, after MOST_TRIES, or when it is too old.
    """
    with database.writing() as session:
        settings = ensure_settings(session, institution_id, learner_id, now)
        is_open = settings.code_until is not None and now < settings.code_until
        is_open = is_open and settings.code_tries < MOST_TRIES
        right = code_of(secret_key, settings.code_salt or "")
        is_right = is_open and hmac.compare_digest(code.strip().encode(), right.encode())
        if is_right:
            settings.confirmed_at, settings.code_salt = now, None
            settings.code_until = settings.code_due_at = None
            settings.digest_due_at = now if settings.mailed else None
        else:
            settings.code_tries += 1
    if not is_right:
        raise InvalidInputError(WRONG_CODE, field="code")
