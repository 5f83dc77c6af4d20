"""A learner hands in evidence for a competency: text, and a link if there is one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement
from lti_tool.persistence.completions import EvidenceState, add_evidence
from lti_tool.persistence.courses import get_institution_id


def submit_evidence(
    database: Database,
    *,
    context_id: int,
    learner_id: int,
    achievement_uuid: UUID,
    text: str,
    url: str | None,
    form_id: str,
    now: datetime,
) -> UUID:
    """Store evidence for the teacher's queue; return its uuid, which is that of the form.

    ``InvalidInputError`` without text or with a link that is not http(s), ``NotFoundError`` for
    an achievement that is not in the catalogue.
    """
    if not text.strip():
        raise InvalidInputError("Say what you did, so that the teacher can judge it.", field="text")
    if url and not _is_web_address(url):
        raise InvalidInputError("The link must begin with http:// or https://.", field="url")
    with database.writing() as session:
        institution_id = get_institution_id(session, context_id)
        achievement = get_achievement(session, institution_id, achievement_uuid)
        row = {
            "uuid": UUID(form_id),
            "learner_id": learner_id,
            "context_id": context_id,
            "achievement_id": achievement.id,
            "text": text.strip(),
            "url": url or None,
            "state": EvidenceState.SUBMITTED,
            "submitted_at": now,
            "decision_note": "",
        }
        add_evidence(session, row)
    return UUID(form_id)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
