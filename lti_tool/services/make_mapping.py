"""Use case: a teacher says what of the course completes a competency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.gathering.course import load_course
from lti_tool.gathering.opening import SourceDoor
from lti_tool.gathering.rules import LONGEST_EVIDENCE, check_rule, find_offer
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement
from lti_tool.persistence.evidence_readings import ensure_reading, restart_reading
from lti_tool.persistence.evidence_sources import (
    EvidenceMapping,
    get_evidence_source,
    list_mappings,
)

__all__ = ["LONGEST_EVIDENCE", "NewMapping", "make_mapping"]


@dataclass(frozen=True, slots=True)
class NewMapping:
    """What a teacher chooses: ``item`` is "kind:key", ``threshold`` in percent for a grade."""

    source_uuid: UUID
    item: str
    achievement_uuid: UUID
    threshold: Decimal | None
    evidence_text: str


def make_mapping(
    database: Database,
    door: SourceDoor,
    new: NewMapping,
    *,
    institution_id: int,
    context_id: int,
    created_by: int,
    actor: str,
    now: datetime,
) -> UUID:
    """Keep a rule and let the course be read at once; return its uuid.

    The source is asked whether it has such an item now: ``SourceError`` where it does not
    answer, ``InvalidInputError`` for a wrong choice, ``ConflictError`` for the same rule twice.
    """
    with database.writing() as session:
        source = get_evidence_source(session, new.source_uuid, institution_id)
        course = load_course(session, source, context_id)
    item = find_offer(course.open(door).offers(course.key, course.somebody), new.item)
    check_rule(item.kind, new.threshold, new.evidence_text)
    with database.writing() as session:
        source = get_evidence_source(session, new.source_uuid, institution_id)
        achievement = get_achievement(session, institution_id, new.achievement_uuid)
        if achievement.is_award:
            raise InvalidInputError(
                "This is awarded by rules and cannot be completed.", field="achievement"
            )
        for mapping, known in list_mappings(session, context_id, source.id):
            if (mapping.kind, mapping.item_key, known.id) == (item.kind, item.key, achievement.id):
                raise ConflictError("There is such a connection already. Change it, or end it.")
        mapping = EvidenceMapping(
            source_id=source.id,
            context_id=context_id,
            achievement_id=achievement.id,
            kind=item.kind.value,
            item_key=item.key,
            item_name=item.name[:255],
            item_detail=item.detail[:255],
            threshold=new.threshold,
            evidence_text=new.evidence_text.strip(),
            problem="",
            created_by=created_by,
            created_at=now,
        )
        session.add(mapping)
        ensure_reading(session, source.id, context_id, now)
        restart_reading(session, source.id, context_id, now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="evidence-rule-added",
            subject=str(mapping.uuid),
            at=now,
        )
        return mapping.uuid
