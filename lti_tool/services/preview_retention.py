"""Use case: count what would go now, for one institution or all; nothing is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_institutions
from lti_tool.persistence.retention import count_past, past
from lti_tool.retaining import days_of, limits_of


@dataclass(frozen=True, slots=True)
class RetentionView:
    """How many days each kind is kept (0: for good), and how much of it would go now."""

    key: str
    name: str
    days: Mapping[str, int]
    counts: Mapping[str, int]


def preview_retention(
    database: Database,
    *,
    now: datetime,
    key: str | None = None,
    days: Mapping[str, int] | None = None,
) -> list[RetentionView]:
    """Return it by institution; ``days`` instead of what is set. ``NotFoundError`` for a key."""
    with database.reading() as session:
        rows = list_institutions(session) if key is None else [get_institution(session, key)]
        return [
            RetentionView(
                row.key,
                row.name,
                days_of(row.retention if days is None else days),
                {
                    kind: count_past(session, past(kind, row.id, limit))
                    for kind, limit in limits_of(
                        row.retention if days is None else days, now
                    ).items()
                },
            )
            for row in rows
        ]
