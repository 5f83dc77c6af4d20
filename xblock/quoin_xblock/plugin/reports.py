"""What operators ask of the outbox: how it stands, and what it holds about one learner."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from quoin_xblock.plugin.models import OutboxRow, State

TOO_OLD = 3600.0
"""Seconds that a completion may wait before health is not good."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox stands; times are in UTC, ``oldest_seconds`` is the age of what waits."""

    is_connected: bool
    waiting: int
    oldest_seconds: float | None
    dead: int
    by_hand: int
    last_success: datetime | None

    @property
    def is_good(self) -> bool:
        """Say whether nobody has to look."""
        return not self.dead and (self.oldest_seconds or 0.0) <= TOO_OLD

    def as_plain(self) -> dict[str, Any]:
        """Give what JSON can hold."""
        last = self.last_success.isoformat() if self.last_success else None
        return {**asdict(self), "last_success": last, "is_good": self.is_good}


def measure_health(*, is_connected: bool, now: datetime) -> Health:
    """Count the outbox."""
    found = dict(OutboxRow.objects.values_list("state").annotate(Count("id")))
    oldest = OutboxRow.objects.filter(state=State.PENDING).aggregate(at=Min("created_at"))["at"]
    return Health(
        is_connected=is_connected,
        waiting=found.get(State.PENDING, 0),
        oldest_seconds=None if oldest is None else (now - oldest).total_seconds(),
        dead=found.get(State.DEAD, 0),
        by_hand=found.get(State.BY_HAND, 0),
        last_success=OutboxRow.objects.aggregate(at=Max("sent_at"))["at"],
    )


FIELDS = (
    "key",
    "kind",
    "course_key",
    "competency",
    "completed_at",
    "grade",
    "evidence",
    "state",
    "problem",
    "created_at",
    "sent_at",
)


def export_learner(user_id: int) -> list[dict[str, Any]]:
    """Give all that the outbox holds about one learner, oldest first."""
    return list(OutboxRow.objects.filter(user_id=user_id).order_by("id").values(*FIELDS))
