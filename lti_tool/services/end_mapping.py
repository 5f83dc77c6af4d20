"""Use case: a teacher ends a rule of an evidence source."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_sources import get_mapping


def end_mapping(
    database: Database,
    mapping_uuid: UUID,
    *,
    institution_id: int,
    context_id: int,
    actor: str,
    now: datetime,
) -> None:
    """End a rule: nothing is read by it any more, and what it recorded stays.

    ``NotFoundError`` for a rule of another course, or one that has ended.
    """
    with database.writing() as session:
        get_mapping(session, context_id, mapping_uuid).ended_at = now
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="evidence-rule-ended",
            subject=str(mapping_uuid),
            at=now,
        )
