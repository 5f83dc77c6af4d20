"""Frozen readings that several use cases return, with the queries that make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


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
