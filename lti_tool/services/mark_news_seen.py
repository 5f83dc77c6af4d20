"""A learner has read their news."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.news import mark_seen


def mark_news_seen(database: Database, *, learner_id: int, up_to: datetime, now: datetime) -> None:
    """Note that everything that was there at ``up_to`` (aware) is read; twice changes nothing.

    News that came after the page was shown stays.
    """
    with database.writing() as session:
        mark_seen(session, learner_id, min(up_to, now), now)
