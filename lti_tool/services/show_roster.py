"""Show a teacher the learners of a course: what each has completed, earned and handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.readings import AchievementOption, EvidenceView


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
