"""Show a teacher the learners of a course: what each has completed, earned and handed in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import list_awards, list_reviews_in, list_revoked
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import (
    CourseCompletion,
    EvidenceState,
    list_completions_in,
)
from lti_tool.persistence.courses import get_context, get_institution_id
from lti_tool.persistence.deliveries import list_in_context
from lti_tool.persistence.learners import Learner, list_members
from lti_tool.persistence.readings import (
    NAMELESS,
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)


@dataclass(frozen=True, slots=True)
class ScoreState:
    """Where the score of a completion stands: pending, done, superseded, failed."""

    state: str
    last_answer: str


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """One completion that was recorded in this course."""

    uuid: UUID
    achievement_name: str
    grade: Decimal | None
    scale: str
    completed_on: date
    note: str
    is_withdrawn: bool
    score: ScoreState | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One learner of the course, with completions of this course and all awards (names)."""

    learner_uuid: UUID
    name: str
    is_active: bool
    completions: tuple[CompletionRow, ...]
    awards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An award that lost part of its ground and waits for a person's decision."""

    learner_name: str
    award_name: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class RosterView:
    """The teacher's page of one course. ``synced_at`` is None before the first roster."""

    course_title: str
    synced_at: datetime | None
    achievements: tuple[AchievementOption, ...]
    rows: tuple[RosterRow, ...]
    evidence: tuple[EvidenceView, ...]
    reviews: tuple[ReviewRow, ...]


def show_roster(database: Database, *, context_id: int, now: datetime) -> RosterView:  # noqa: ARG001
    """Give the learners of a course with what they completed there and the awards they hold."""
    with database.reading() as session:
        context = get_context(session, context_id)
        institution_id = get_institution_id(session, context_id)
        members = list_members(session, context_id)
        completions = _completions(session, context_id)
        awards: dict[int, list[str]] = defaultdict(list)
        ids = [learner.id for learner, _ in members]
        revoked = list_revoked(session, ids)
        for award, achievement in list_awards(session, ids):
            if award.id in revoked:
                continue
            awards[award.learner_id].append(achievement.name)
        rows = tuple(
            RosterRow(
                learner.uuid,
                learner.name or NAMELESS,
                membership.is_active,
                tuple(completions[learner.id]),
                tuple(awards[learner.id]),
            )
            for learner, membership in members
        )
        return RosterView(
            course_title=context.title,
            synced_at=context.roster_synced_at,
            achievements=read_options(session, institution_id, context_id),
            rows=rows,
            evidence=read_evidence(session, context_id, state=EvidenceState.SUBMITTED),
            reviews=_reviews(session, context_id, {learner.id: learner for learner, _ in members}),
        )


def _completions(session: Session, context_id: int) -> dict[int, list[CompletionRow]]:
    scores = {
        d.key: ScoreState(d.state, d.last_answer) for d in list_in_context(session, context_id)
    }
    found: dict[int, list[CompletionRow]] = defaultdict(list)
    for item in list_completions_in(session, context_id):
        found[item.completion.learner_id].append(_completion(item, scores))
    return found


def _completion(item: CourseCompletion, scores: dict[str, ScoreState]) -> CompletionRow:
    completion = item.completion
    return CompletionRow(
        uuid=completion.uuid,
        achievement_name=item.achievement.name,
        grade=completion.grade,
        scale=completion.scale,
        completed_on=completion.completed_on,
        note=completion.note,
        is_withdrawn=item.is_withdrawn,
        score=scores.get(f"completion:{completion.uuid}"),
    )


def _reviews(
    session: Session, context_id: int, members: dict[int, Learner]
) -> tuple[ReviewRow, ...]:
    found = list_reviews_in(session, context_id)
    names = {a.id: achievement.name for a, achievement in list_awards(session, list(members))}
    return tuple(
        ReviewRow(
            members[award.learner_id].name or NAMELESS,
            names[award.id],
            review.reason,
            review.opened_at,
        )
        for review, award in found
        if award.learner_id in members
    )
