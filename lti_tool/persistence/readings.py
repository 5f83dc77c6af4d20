"""Frozen readings that several use cases return, with the queries that make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.catalog import Achievement, list_achievements
from lti_tool.persistence.completions import Evidence, EvidenceState
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.placements import list_placed


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A piece of evidence as the learner or the teacher sees it."""

    uuid: UUID
    learner_uuid: UUID
    learner_name: str
    achievement_uuid: UUID
    achievement_name: str
    scale: str
    text: str
    url: str | None
    state: str
    submitted_at: datetime
    decided_at: datetime | None
    decision_note: str


@dataclass(frozen=True, slots=True)
class AchievementOption:
    """An achievement that can be chosen in a form of this course."""

    uuid: UUID
    key: str
    name: str
    description: str
    scale: str
    credits: Decimal
    is_award: bool
    is_placed: bool


NAMELESS = "Learner without a name"
"""What a page says of a person whose platform sends no names."""


def read_options(
    session: Session, institution_id: int, context_id: int | None
) -> tuple[AchievementOption, ...]:
    """Return the catalogue as the forms of a course offer it, those placed there first.

    Without a course nothing is placed.
    """
    here = [] if context_id is None else list_placed(session, context_id)
    placed = {achievement.id for achievement in here}
    options = [
        AchievementOption(
            a.uuid,
            a.key,
            a.name,
            a.description,
            a.scale,
            a.credits,
            a.is_award,
            a.id in placed,
        )
        for a in list_achievements(session, institution_id)
    ]
    return tuple(sorted(options, key=lambda option: not option.is_placed))


def read_evidence(
    session: Session,
    context_id: int,
    *,
    learner_id: int | None = None,
    state: EvidenceState | None = None,
    most: int | None = None,
) -> tuple[EvidenceView, ...]:
    """Return evidence of a course, the latest first; of one learner, in one state, if asked.

    ``most`` is how many at most: a course may have thousands.
    """
    query = (
        select(Evidence, Learner, Achievement)
        .join(Learner, Learner.id == Evidence.learner_id)
        .join(Achievement, Achievement.id == Evidence.achievement_id)
        .where(Evidence.context_id == context_id)
        .order_by(Evidence.submitted_at.desc(), Evidence.id.desc())
    )
    if learner_id is not None:
        query = query.where(Evidence.learner_id == learner_id)
    if state is not None:
        query = query.where(Evidence.state == state)
    return tuple(_evidence(*row) for row in session.execute(query.limit(most)))


def _evidence(evidence: Evidence, learner: Learner, achievement: Achievement) -> EvidenceView:
    return EvidenceView(
        evidence.uuid,
        learner.uuid,
        learner.name or NAMELESS,
        achievement.uuid,
        achievement.name,
        achievement.scale,
        evidence.text,
        evidence.url,
        evidence.state,
        evidence.submitted_at,
        evidence.decided_at,
        evidence.decision_note,
    )
