"""A score and a gradebook column as pages and commands show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.lti.score_answers import SENTENCES, Meaning
from lti_tool.persistence.deliveries import WAITING, Delivery, DeliveryState
from lti_tool.persistence.line_items import CourseColumn
from lti_tool.persistence.outbox import OutboxRow
from lti_tool.persistence.readings import NAMELESS
from lti_tool.scoring.jobs import column_values, is_outdated


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The latest score of a learner in a column; ``next_try`` is None where none is planned.

    ``platform`` and ``course_title`` are for those who look at more than one course.
    """

    uuid: UUID
    learner_uuid: UUID
    learner_name: str
    achievement_uuid: UUID
    achievement_name: str
    given: Decimal
    maximum: Decimal
    state: str
    reason: str
    answer: str
    attempts: int
    promised_at: datetime
    tried_at: datetime | None
    next_try: datetime | None
    platform: str
    course_title: str

    @property
    def is_moving(self) -> bool:
        """Return whether it is on its way, so that its row is worth asking for again."""
        return self.state == DeliveryState.PENDING

    @property
    def remark(self) -> str:
        """Return what there is to say beyond the state."""
        return "" if self.answer == SENTENCES[Meaning.STORED] else self.answer

    @property
    def is_column_gone(self) -> bool:
        """Return whether its column has to be made again first."""
        return self.state == DeliveryState.FAILED and self.reason == Meaning.COLUMN_GONE

    @property
    def is_stuck(self) -> bool:
        """Return whether it has failed or waits for somebody."""
        return self.state in (DeliveryState.FAILED, DeliveryState.HELD)

    @property
    def is_overridden(self) -> bool:
        """Return whether another grade stands, so that a teacher has to choose."""
        return self.state == DeliveryState.OVERRIDDEN


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A gradebook column of the course, and what a teacher may do with it."""

    achievement_uuid: UUID
    name: str
    is_known: bool
    is_removed: bool
    is_outdated: bool
    can_be_deleted: bool


def score_row(row: OutboxRow) -> ScoreRow:
    """Return a row of the outbox as pages and commands show it."""
    delivery = row.delivery
    given, maximum = _amounts(delivery)
    return ScoreRow(
        uuid=delivery.uuid,
        learner_uuid=row.learner.uuid,
        learner_name=row.learner.name or NAMELESS,
        achievement_uuid=row.achievement.uuid,
        achievement_name=row.achievement.name,
        given=given,
        maximum=maximum,
        state=delivery.state,
        reason=delivery.reason,
        answer=delivery.last_answer,
        attempts=delivery.attempts,
        promised_at=delivery.created_at,
        tried_at=delivery.tried_at,
        next_try=delivery.due_at if delivery.state in WAITING else None,
        platform=row.registration.name,
        course_title=row.context.title,
    )


def _amounts(delivery: Delivery) -> tuple[Decimal, Decimal]:
    payload = delivery.payload
    return Decimal(str(payload["score_given"])), Decimal(str(payload["score_maximum"]))


def column_row(column: CourseColumn) -> ColumnRow:
    """Return a column with what a teacher may do with it."""
    item = column.item
    values = column_values(item, column.achievement.name)
    return ColumnRow(
        achievement_uuid=column.achievement.uuid,
        name=column.achievement.name,
        is_known=item.url is not None,
        is_removed=item.removed_at is not None and item.url is None,
        is_outdated=item.url is not None and is_outdated(item, values),
        can_be_deleted=column.is_deletable,
    )
