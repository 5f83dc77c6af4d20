"""Use case: seal the audit events that were written since the last time."""

from __future__ import annotations

from datetime import datetime

from lti_tool.chaining import link
from lti_tool.persistence.audit_seals import (
    AuditSeal,
    find_head,
    find_last_event,
    list_unsealed,
)
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name

MOST = 2000
LATE = 5000
"""So many events may be written before one that began earlier is committed."""


def seal_audit(database: Database, *, now: datetime, is_thorough: bool = False) -> int:
    """Continue the chain by up to 2,000 events, one worker at a time; return how many.

    What is new is looked for near the end; everywhere if ``is_thorough``.
    """
    with database.reading() as session:
        after = 0 if is_thorough else find_last_event(session) - LATE
        if not list_unsealed(session, 1, after):
            return 0
    with database.writing() as session:
        lock_name(session, "audit-seals")
        head = find_head(session)
        position, before = head.position, head.hash
        events = list_unsealed(session, MOST, after)
        for event in events:
            position, before = position + 1, link(before, event)
            session.add(AuditSeal(position=position, event_id=event.id, hash=before, sealed_at=now))
        return len(events)
