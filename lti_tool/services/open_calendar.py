"""Use case: find out whose calendar a secret address is, and give a learner their own."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.calendars import find_calendar
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.definitions import find_zone
from lti_tool.persistence.learners import find_learner_by_uuid

PURPOSE = b"quoin calendar:"
DIGITS = 32
"""Hexadecimal ones: 128 bits."""


@dataclass(frozen=True, slots=True)
class CalendarOwner:
    """Whose calendar it is, and of which course; ids are internal, ``context_uuid`` is not.

    ``languages`` are that of the learner's latest launch or choice and the institution's, where
    there are any; ``zone`` is the institution's, None for none.
    """

    institution_id: int
    learner_id: int
    context_id: int
    context_uuid: UUID
    languages: tuple[str | None, str | None]
    zone: str | None


def open_calendar(
    database: Database, learner_uuid: UUID, token: str, *, secret_key: bytes
) -> CalendarOwner:
    """Return whose calendar stands at an address; ``NotFoundError`` for any other token.

    So it is while the institution is suspended.
    """
    missing = NotFoundError("There is no calendar at this address (any more).")
    with database.reading() as session:
        learner = find_learner_by_uuid(session, learner_uuid)
        found = None if learner is None else find_calendar(session, learner.id)
        if learner is None or found is None:
            raise missing
        right = _token(secret_key, learner_uuid, found.salt)
        if not hmac.compare_digest(token.encode(), right.encode()):
            raise missing
        institution = get_institution_by_id(session, learner.institution_id)
        if institution.suspended_at is not None:
            raise missing
        course = get_context(session, found.context_id)
        return CalendarOwner(
            institution.id,
            learner.id,
            course.id,
            course.uuid,
            (learner.language, institution.language),
            find_zone(session, institution.id),
        )


def find_calendar_token(
    database: Database, learner_uuid: UUID, *, learner_id: int, secret_key: bytes
) -> str | None:
    """Return the token of a learner's address, None while they have none."""
    with database.reading() as session:
        found = find_calendar(session, learner_id)
        return None if found is None else _token(secret_key, learner_uuid, found.salt)


def _token(secret_key: bytes, learner_uuid: UUID, salt: str) -> str:
    said = PURPOSE + f"{learner_uuid}:{salt}".encode()
    return hmac.new(secret_key, said, hashlib.sha256).hexdigest()[:DIGITS]
