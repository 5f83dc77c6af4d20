"""Use case: a learner begins, renews or ends the address at which their calendar reads."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from lti_tool.persistence.base import Database
from lti_tool.persistence.calendars import add_calendar, end_calendar, find_calendar
from lti_tool.persistence.learners import lock_learners

SALT_BYTES = 16


class CalendarAct(StrEnum):
    """Begin one (the one there is stays), replace it by another, or end it."""

    START = "start"
    RENEW = "renew"
    END = "end"


def change_calendar(
    database: Database, act: CalendarAct, *, learner_id: int, context_id: int, now: datetime
) -> None:
    """Do what the learner asks; an address that is ended or replaced opens nothing any more."""
    with database.writing() as session:
        lock_learners(session, [learner_id])
        if act is CalendarAct.START and find_calendar(session, learner_id) is not None:
            return
        end_calendar(session, learner_id)
        if act is not CalendarAct.END:
            add_calendar(session, learner_id, context_id, secrets.token_hex(SALT_BYTES), now)
