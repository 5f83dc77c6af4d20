"""Use case: a teacher changes a rule of an evidence source, or ends it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.gathering.rules import check_rule
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import restart_reading
from lti_tool.persistence.evidence_sources import get_mapping
from lti_tool.sources.evidence import FactKind


def change_mapping(
    database: Database,
    mapping_uuid: UUID,
    *,
    institution_id: int,
    context_id: int,
    threshold: Decimal | None,
    evidence_text: str,
    actor: str,
    now: datetime,
) -> None:
    """Change from which result on a rule completes, and its text; the course is read anew.

    Results that meet it no longer are withdrawn by that reading, and awards listed for review.
    ``NotFoundError`` for a rule of another course, ``InvalidInputError`` for wrong values.
    """
    with database.writing() as session:
        mapping = get_mapping(session, context_id, mapping_uuid)
        check_rule(FactKind(mapping.kind), threshold, evidence_text)
        detail: dict[str, object] = {"from": _said(mapping.threshold), "to": _said(threshold)}
        mapping.threshold, mapping.evidence_text = threshold, evidence_text.strip()
        restart_reading(session, mapping.source_id, context_id, now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="evidence-rule-changed",
            subject=str(mapping_uuid),
            detail=detail,
            at=now,
        )


def _said(threshold: Decimal | None) -> str:
    return "" if threshold is None else format(threshold, "f")
