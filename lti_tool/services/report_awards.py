"""Report how many learners hold the award of each stack."""

from __future__ import annotations

from lti_tool.persistence.awards import count_learners_by_stack
from lti_tool.persistence.base import Database


def report_awards(database: Database, *, institution_key: str | None = None) -> dict[str, int]:
    """Return {stack key: number of learners}, for one institution or for all."""
    with database.reading() as session:
        return count_learners_by_stack(session, institution_key)
