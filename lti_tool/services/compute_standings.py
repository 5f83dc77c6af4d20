"""Use case: compute where the learners of a course stand, for lists and analytics."""

from __future__ import annotations

from datetime import datetime

from lti_tool.class_standings import freshen
from lti_tool.persistence.base import Database
from lti_tool.persistence.classes import list_class_ids

MOST = 2000
"""Learners computed at a time: about three seconds."""


def compute_standings(
    database: Database, *, institution_id: int, context_id: int, now: datetime, most: int = MOST
) -> int:
    """Compute what is outdated, ``most`` learners at most; return how many are left for later."""
    with database.writing() as session:
        ids = list_class_ids(session, context_id)
        return freshen(session, institution_id, ids, now, most=most)
