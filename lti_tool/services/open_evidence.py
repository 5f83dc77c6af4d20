"""Use case: open one piece of evidence to decide on it, so that nobody else does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.claims import claim
from lti_tool.persistence.completions import EvidenceState
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.rubrics import list_levels
from lti_tool.persistence.waiting_evidence import list_pieces, list_waiting


@dataclass(frozen=True, slots=True)
class OpenedEvidence:
    """One piece with what is needed to decide; ``before`` and ``after`` are its neighbours.

    ``open_at`` is who else has it open ("" for nobody), until ``open_until``; ``place`` is its
    number among ``total`` that wait, 0 once it is decided.
    """

    uuid: UUID
    learner_uuid: UUID
    learner_name: str
    achievement_name: str
    scale: str
    levels: tuple[tuple[str, Decimal], ...]
    text: str
    url: str | None
    state: str
    submitted_at: datetime
    open_at: str
    open_until: datetime | None
    place: int
    total: int
    before: UUID | None
    after: UUID | None


def open_evidence(
    database: Database,
    *,
    context_id: int,
    evidence_uuid: UUID,
    viewer_id: int,
    achievement_uuid: UUID | None,
    now: datetime,
) -> OpenedEvidence:
    """Give a piece and its neighbours in the queue; it is the viewer's for 15 minutes from now.

    Unless somebody else has it open: then that is told, and it stays theirs.
    ``achievement_uuid`` narrows the queue. ``NotFoundError`` for evidence of another course.
    """
    with database.writing() as session:
        found = list_pieces(session, context_id, [evidence_uuid])
        if not found:
            raise NotFoundError("There is no such evidence in this course.")
        evidence, learner, achievement = found[0]
        is_waiting = evidence.state == EvidenceState.SUBMITTED
        held = claim(session, evidence.id, viewer_id, now) if is_waiting else None
        is_other = held is not None and held.learner_id != viewer_id
        queue = list_waiting(session, context_id, achievement_uuid=achievement_uuid)
        place = queue.index(evidence.uuid) + 1 if evidence.uuid in queue else 0
        return OpenedEvidence(
            uuid=evidence.uuid,
            learner_uuid=learner.uuid,
            learner_name=learner.name or NAMELESS,
            achievement_name=achievement.name,
            scale=achievement.scale,
            levels=tuple((one.label, one.grade) for one in list_levels(session, achievement.id)),
            text=evidence.text,
            url=evidence.url,
            state=evidence.state,
            submitted_at=evidence.submitted_at,
            open_at=(held.name or NAMELESS) if held and is_other else "",
            open_until=held.until if held else None,
            place=place,
            total=len(queue),
            before=queue[place - 2] if place > 1 else None,
            after=next(iter(queue[place:]), None) if place or queue else None,
        )
