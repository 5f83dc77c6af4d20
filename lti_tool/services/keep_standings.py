"""Use case: compute, while there is time, where the learners of courses stand that are in use."""

from __future__ import annotations

from datetime import datetime

from lti_tool.class_standings import freshen, list_outdated
from lti_tool.persistence.base import Database
from lti_tool.persistence.classes import list_class_ids, list_taught_now

PORTION = 50
"""Learners at a time: less than a tenth of a second in which others cannot write."""


def keep_standings(database: Database, *, now: datetime) -> int:
    """Compute some learners of the first course that needs it; return how many are left there.

    A course is in use while somebody of its staff has a session. Nothing is written where
    everything is known.
    """
    with database.reading() as session:
        for context_id, institution_id in list_taught_now(session, now):
            ids = list_class_ids(session, context_id)
            outdated = list_outdated(session, institution_id, ids, now)
            if outdated:
                break
        else:
            return 0
    with database.writing() as session:
        freshen(session, institution_id, outdated[:PORTION], now, most=PORTION)
    return max(len(outdated) - PORTION, 0)
