"""What is new in a fact goes into the outbox.

The same state told again is nothing new. What is no longer so takes back a completion that was
not sent yet; one that the tool has already is listed for a person (state ``by_hand``), because
what it means for an award is decided there and not here.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from django.db import connections, router

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.course_rules import rules_of
from quoin_xblock.plugin.facts import Fact
from quoin_xblock.plugin.mapping import Outcome, outcomes_of
from quoin_xblock.plugin.models import OutboxRow, State
from quoin_xblock.plugin.outbox import add_row, key_of, send_after_commit

TAKEN_BACK = "The platform took this back; withdraw the completion in Quoin."
# By hand, because a learner waits: Django's way to the same row takes four times as long.
LATEST = (
    "SELECT id, state, grade, claim, attempts FROM quoin_xblock_outbox"
    " WHERE user_id = %s AND competency = %s AND course_key = %s AND kind = %s"
    " ORDER BY id DESC LIMIT 1"
)


class Step(Enum):
    """What one outcome asks for."""

    NOTHING = "nothing"
    SEND = "send"
    CANCEL = "cancel"
    BY_HAND = "by hand"


class Latest(NamedTuple):
    """The last row about the same learner, course, kind and competency."""

    id: int
    state: str
    grade: str | None
    claim: str
    attempts: int


def record(fact: Fact, config: Config) -> None:
    """Put what the rules of the course make of ``fact`` into the outbox."""
    for outcome in outcomes_of(fact, rules_of(fact.course_key, config)):
        latest = _find_latest(fact, outcome)
        step = step_for(outcome, latest)
        if step is Step.CANCEL and latest is not None and not _cancel(latest):
            step = Step.BY_HAND
        if step is Step.SEND:
            _add(fact, outcome, State.PENDING)
            send_after_commit(config)
        elif step is Step.BY_HAND:
            _add(fact, outcome, State.BY_HAND, problem=TAKEN_BACK)


def step_for(outcome: Outcome, latest: Latest | None) -> Step:
    """Decide, by the last row about the same."""
    if outcome.is_met:
        return Step.NOTHING if _is_told(outcome, latest) else Step.SEND
    if latest is None or latest.state in (State.BY_HAND, State.DEAD):
        return Step.NOTHING
    # A row that some task has taken may be on its way.
    is_here = latest.state == State.PENDING and not latest.claim and not latest.attempts
    return Step.CANCEL if is_here else Step.BY_HAND


def _is_told(outcome: Outcome, latest: Latest | None) -> bool:
    if latest is None or latest.state not in (State.PENDING, State.DONE):
        return False
    return latest.grade == outcome.grade


def _find_latest(fact: Fact, outcome: Outcome) -> Latest | None:
    with connections[router.db_for_read(OutboxRow)].cursor() as cursor:
        cursor.execute(LATEST, [fact.user_id, outcome.competency, fact.course_key, fact.kind])
        found = cursor.fetchone()
    return None if found is None else Latest(*found)


def _cancel(latest: Latest) -> bool:
    """Delete a row that nobody has taken since it was read; say whether it was so."""
    deleted, _ = OutboxRow.objects.filter(id=latest.id, state=State.PENDING, claim="").delete()
    return bool(deleted)


def _add(fact: Fact, outcome: Outcome, state: State, *, problem: str = "") -> None:
    add_row(
        key=key_of(fact.event_id, outcome.competency),
        state=state,
        kind=fact.kind,
        user_id=fact.user_id,
        course_key=fact.course_key,
        competency=outcome.competency,
        completed_at=fact.at,
        grade=outcome.grade if state is State.PENDING else None,
        problem=problem,
    )
