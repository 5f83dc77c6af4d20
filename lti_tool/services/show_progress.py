"""Show a learner where they stand in every stack of the institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.readings import AchievementOption, EvidenceView
from stacking_rules import Progress, Step


@dataclass(frozen=True, slots=True)
class FactView:
    """A completion or award in words: what, when, how good, recorded where."""

    name: str
    on: date
    grade: Decimal | None
    scale: str
    credits: Decimal
    source: str
    course: str
    is_award: bool
    is_recognised: bool


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award the learner holds, with the version of the stack that made it."""

    uuid: UUID
    awarded_on: date
    version: int
    is_under_review: bool


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack for one learner.

    ``facts`` is keyed by the id of the facts in ``progress``; ``names`` by achievement key.
    ``steps`` is the smallest set of what is missing (empty when met).
    """

    key: str
    title: str
    description: str
    version: int
    progress: Progress
    steps: tuple[Step, ...]
    award: AwardView | None


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
