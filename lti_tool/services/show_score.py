"""Show where one score of a course stands: the row that the page asks for again."""

from __future__ import annotations

from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.outbox import find_score
from lti_tool.scoring.rows import ScoreRow, score_row


def show_score(database: Database, *, context_id: int, delivery_uuid: UUID) -> ScoreRow:
    """Give one score of this course; ``NotFoundError`` for any other."""
    with database.reading() as session:
        row = find_score(session, delivery_uuid, context_id)
    if row is None:
        raise NotFoundError("There is no such score in this course.")
    return score_row(row)
