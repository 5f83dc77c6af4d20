"""Show where the scores of a course stand: the latest of each learner and column, and columns."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.line_items import list_columns_in
from lti_tool.persistence.outbox import count_by_state, list_latest, list_undelivered
from lti_tool.scoring.rows import ColumnRow, ScoreRow, column_row, score_row

MOST_ROWS = 500
STUCK = (DeliveryState.FAILED, DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class ScoresView:
    """The page "Scores" of one course.

    ``total`` counts all scores, of which ``rows`` holds the most urgent; ``stuck`` are those
    that have failed or are held.
    """

    course_title: str
    rows: tuple[ScoreRow, ...]
    columns: tuple[ColumnRow, ...]
    total: int
    stuck: int


def show_scores(
    database: Database, *, context_id: int | None = None, within: int | None = None
) -> ScoresView:
    """Give the scores of a course; without ``context_id`` all that are undelivered anywhere.

    ``within`` is the only institution to look at then (internal id).
    """
    with database.reading() as session:
        if context_id is None:
            found = tuple(score_row(row) for row in list_undelivered(session, within))
            return ScoresView("", found, (), len(found), sum(row.is_stuck for row in found))
        counts = count_by_state(session, context_id)
        latest = list_latest(session, context_id=context_id, limit=MOST_ROWS)
        return ScoresView(
            course_title=get_context(session, context_id).title,
            rows=tuple(score_row(row) for row in latest),
            columns=tuple(column_row(column) for column in list_columns_in(session, context_id)),
            total=sum(counts.values()),
            stuck=sum(counts.get(state, 0) for state in STUCK),
        )
