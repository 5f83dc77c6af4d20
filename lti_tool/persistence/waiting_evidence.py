"""The evidence of a course that waits for a decision, the oldest first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Evidence, EvidenceState
from lti_tool.persistence.learners import Learner

ESCAPE = "\\"
EvidenceRow = tuple[Evidence, Learner, Achievement]


def list_waiting(
    session: Session, context_id: int, *, achievement_uuid: UUID | None = None, name: str = ""
) -> list[UUID]:
    """Return the uuids of what waits; of one competency, by a part of the name, if asked."""
    query = (
        select(Evidence.uuid)
        .join(Learner, Learner.id == Evidence.learner_id)
        .join(Achievement, Achievement.id == Evidence.achievement_id)
        .where(Evidence.context_id == context_id, Evidence.state == EvidenceState.SUBMITTED)
        .order_by(Evidence.submitted_at, Evidence.id)
    )
    if achievement_uuid is not None:
        query = query.where(Achievement.uuid == achievement_uuid)
    if name:
        pattern = name.replace(ESCAPE, ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
        query = query.where(Learner.name.ilike(f"%{pattern}%", escape=ESCAPE))
    return list(session.scalars(query))


def list_pieces(
    session: Session, context_id: int, uuids: Collection[UUID], *, is_locked: bool = False
) -> list[EvidenceRow]:
    """Return these pieces of evidence of a course, whatever their state, the oldest first."""
    found: list[EvidenceRow] = []
    wanted = sorted(set(uuids))
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(Evidence, Learner, Achievement)
            .join(Learner, Learner.id == Evidence.learner_id)
            .join(Achievement, Achievement.id == Evidence.achievement_id)
            .where(
                Evidence.context_id == context_id,
                Evidence.uuid.in_(wanted[start : start + CHUNK]),
            )
            .order_by(Evidence.id)
        )
        if is_locked:
            query = query.with_for_update(of=Evidence)
        found.extend((row[0], row[1], row[2]) for row in session.execute(query))
    return sorted(found, key=lambda row: (row[0].submitted_at, row[0].id))


def list_competencies(session: Session, context_id: int) -> list[Achievement]:
    """Return the competencies for which evidence waits, by name."""
    waiting = select(Evidence.achievement_id).where(
        Evidence.context_id == context_id, Evidence.state == EvidenceState.SUBMITTED
    )
    query = select(Achievement).where(Achievement.id.in_(waiting)).order_by(Achievement.name)
    return list(session.scalars(query))
