"""Show a learner where they stand in every stack of the institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import (
    NAMELESS,
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)
from lti_tool.standing_views import AwardView, FactView, StackView, read_standing

__all__ = ["AwardView", "FactView", "ProgressView", "StackView", "show_progress"]


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The whole page of one learner. ``as_of`` is the day, ``known_on`` the instant (UTC)."""

    learner_uuid: UUID
    learner_name: str
    course_title: str
    as_of: date
    known_on: datetime
    stacks: tuple[StackView, ...]
    names: Mapping[str, str]
    facts: Mapping[str, FactView]
    evidence: tuple[EvidenceView, ...]
    competencies: tuple[AchievementOption, ...]


def show_progress(
    database: Database, *, institution_id: int, context_id: int, learner_id: int, now: datetime
) -> ProgressView:
    """Evaluate every stack for one learner as of ``now`` (aware) and give it with its words.

    The same evaluation makes awards, so that page and award cannot disagree. Nothing is written.
    """
    with database.reading() as session:
        options = read_options(session, institution_id, context_id)
        names = {option.key: option.name for option in options}
        standing = read_standing(session, institution_id, learner_id, names, now)
        learner, context = get_learner(session, learner_id), get_context(session, context_id)
        return ProgressView(
            learner_uuid=learner.uuid,
            learner_name=learner.name or NAMELESS,
            course_title=context.title,
            as_of=now.date(),
            known_on=now,
            stacks=standing.stacks,
            names=names,
            facts=standing.facts,
            evidence=read_evidence(session, context_id, learner_id=learner_id),
            competencies=tuple(option for option in options if not option.is_award),
        )
