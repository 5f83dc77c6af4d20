"""Show a learner where they stand in every stack of the institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.deadlines import Deadline, find_deadlines
from lti_tool.news_words import sentence
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.elements import find_workloads
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.news import list_unseen
from lti_tool.persistence.readings import (
    NAMELESS,
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)
from lti_tool.persistence.rubrics import LevelOption, list_offered_levels
from lti_tool.solver import solver
from lti_tool.standing_views import AwardView, FactView, StackView, Standing, read_standing
from stacking_rules import Certificate, Status, Unused, certify

__all__ = ["AwardView", "Deadline", "FactView", "ProgressView", "StackView", "show_progress"]


@dataclass(frozen=True, slots=True)
class NewsView:
    """One piece of news that the learner has not read yet, in words."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The whole page of one learner. ``as_of`` is the day, ``known_on`` the instant (UTC).

    ``workloads`` are hours by achievement key, of what the next steps name and where known;
    ``conflicts`` says by stack key why requirements that compete cannot all be met.
    """

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
    deadlines: tuple[Deadline, ...] = ()
    workloads: Mapping[str, Decimal] = field(default_factory=dict)
    news: tuple[NewsView, ...] = ()
    conflicts: Mapping[str, Certificate] = field(default_factory=dict)
    levels: tuple[LevelOption, ...] = ()


def show_progress(
    database: Database,
    *,
    institution_id: int,
    context_id: int | None,
    learner_id: int,
    now: datetime,
    with_levels: bool = False,
) -> ProgressView:
    """Evaluate every stack for one learner as of ``now`` (aware) and give it with its words.

    Without a ``context_id`` nobody is in a course: nothing is handed in, and the institution
    gives the page its name. ``with_levels`` asks for the levels of rubrics, for those who decide.

    The same evaluation makes awards, so that page and award cannot disagree. Nothing is written.
    """
    with database.reading() as session:
        options = read_options(session, institution_id, context_id)
        names = {option.key: option.name for option in options}
        standing = read_standing(session, institution_id, learner_id, names, now, says_changes=True)
        learner = get_learner(session, learner_id)
        return ProgressView(
            learner_uuid=learner.uuid,
            learner_name=learner.name or NAMELESS,
            course_title=_title(session, institution_id, context_id),
            as_of=now.date(),
            known_on=now,
            stacks=standing.stacks,
            names=names,
            facts=standing.facts,
            evidence=()
            if context_id is None
            else read_evidence(session, context_id, learner_id=learner_id),
            competencies=tuple(option for option in options if not option.is_award),
            deadlines=find_deadlines(
                standing.rules.stacks,
                standing.record,
                standing.progress,
                now=now,
                credits_of=standing.rules.credits_of,
            ),
            workloads=find_workloads(session, institution_id, _stepped(standing.stacks)),
            news=_news(session, learner_id),
            conflicts=_conflicts(standing, now),
            levels=list_offered_levels(session, institution_id) if with_levels else (),
        )


def _title(session: Session, institution_id: int, context_id: int | None) -> str:
    if context_id is None:
        return get_institution_by_id(session, institution_id).name
    return get_context(session, context_id).title


def _conflicts(standing: Standing, now: datetime) -> dict[str, Certificate]:
    """Return the proof of "no" where something held is used at one place and missing at another."""
    found = {}
    for stack in standing.rules.stacks:
        root = standing.progress[stack.key]
        looks = (unused.reason for node in root.walk() for unused in node.unused)
        if root.status is Status.NOT_MET and Unused.USED_ELSEWHERE in looks:
            proof = certify(stack, standing.record, as_of=now.date(), known_on=now, solver=solver())
            if proof is not None and len(proof.together) > 1:
                found[stack.key] = proof
    return found


def _news(session: Session, learner_id: int) -> tuple[NewsView, ...]:
    found = []
    for row in list_unseen(session, learner_id):
        last_day = row.ends_on - timedelta(days=1) if row.ends_on else None
        words = sentence(row.kind, row.state, row.subject, last_day)
        found.append(NewsView(words, row.created_at))
    return tuple(found)


def _stepped(stacks: tuple[StackView, ...]) -> set[str]:
    """Return the keys that the next steps of these stacks name."""
    return {key for stack in stacks for step in stack.steps for key in step.options}
