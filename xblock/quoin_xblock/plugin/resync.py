"""Sends the present state of a course again, and what the tool refused.

Rows keep their keys, so that a tool that has them already takes nothing twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.course_rules import rules_of
from quoin_xblock.plugin.models import OutboxRow, State
from quoin_xblock.plugin.present import list_present_facts
from quoin_xblock.plugin.recording import record

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resynced:
    """How many rows go out again, and how many the platform's tables added."""

    again: int
    added: int


def resync(course_key: str, config: Config, *, now: datetime) -> Resynced:
    """Have all completions of a course sent again, with those that no event has told."""
    rows = OutboxRow.objects.filter(course_key=course_key).exclude(state=State.BY_HAND)
    again = _send_again(rows, now)
    before = rows.count()
    for fact in list_present_facts(course_key, rules_of(course_key, config)):
        if fact is not None and fact.kind not in config.switched_off:
            record(fact, config)
    return Resynced(again, rows.count() - before)


def resend_dead(course_key: str | None, *, now: datetime) -> int:
    """Have what the tool refused sent again, in one course or (None) in all; give how many."""
    rows = OutboxRow.objects.filter(state=State.DEAD)
    return _send_again(rows if course_key is None else rows.filter(course_key=course_key), now)


def _send_again(rows: Any, now: datetime) -> int:
    changed: int = rows.update(
        state=State.PENDING, due_at=now, attempts=0, claim="", problem="", sent_at=None
    )
    return changed
