"""Use case: show what evidence waits in a course, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.claims import list_claims
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.waiting_evidence import list_competencies, list_pieces, list_waiting

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A piece of evidence that waits; ``open_at`` is who else has it open, "" for nobody."""

    uuid: UUID
    learner_name: str
    achievement_name: str
    submitted_at: datetime
    open_at: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The oldest of ``total`` that match; ``competencies`` are (uuid, name) of what waits."""

    rows: tuple[WaitingRow, ...]
    total: int
    competencies: tuple[tuple[UUID, str], ...]


def show_queue(
    database: Database,
    *,
    context_id: int,
    viewer_id: int,
    achievement_uuid: UUID | None,
    name: str,
    now: datetime,
) -> QueueView:
    """Give at most ``MOST_SHOWN`` pieces that wait, by competency and part of a name if asked."""
    with database.reading() as session:
        uuids = list_waiting(session, context_id, achievement_uuid=achievement_uuid, name=name)
        pieces = list_pieces(session, context_id, uuids[:MOST_SHOWN])
        claims = list_claims(session, [evidence.id for evidence, _, _ in pieces], now)
        rows = []
        for evidence, learner, achievement in pieces:
            claim = claims.get(evidence.id)
            is_other = claim is not None and claim.learner_id != viewer_id
            rows.append(
                WaitingRow(
                    evidence.uuid,
                    learner.name or NAMELESS,
                    achievement.name,
                    evidence.submitted_at,
                    (claim.name or NAMELESS) if claim and is_other else "",
                )
            )
        return QueueView(
            tuple(rows),
            len(uuids),
            tuple((one.uuid, one.name) for one in list_competencies(session, context_id)),
        )
