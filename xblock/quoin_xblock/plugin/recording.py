"""What is new in a fact goes into the outbox.

The same state told again is nothing new. What is no longer so takes back a completion that was
not sent yet; one that the tool has already is listed for a person (state ``by_hand``), because
what it means for an award is decided there and not here.
"""

from __future__ import annotations

from enum import Enum

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.course_rules import rules_of
from quoin_xblock.plugin.facts import Fact
from quoin_xblock.plugin.mapping import Outcome, outcomes_of
from quoin_xblock.plugin.models import OutboxRow, State
from quoin_xblock.plugin.outbox import add_row, enqueue, key_of

TAKEN_BACK = "The platform took this back; withdraw the completion in Quoin."


class Step(Enum):
    """What one outcome asks for."""

    NOTHING = "nothing"
    SEND = "send"
    CANCEL = "cancel"
    BY_HAND = "by hand"


def record(fact: Fact, config: Config) -> None:
    """Put what the rules of the course make of ``fact`` into the outbox."""
    for outcome in outcomes_of(fact, rules_of(fact.course_key, config)):
        latest = _latest(fact, outcome)
        _do(step_for(outcome, latest), fact, outcome, latest)


def step_for(outcome: Outcome, latest: OutboxRow | None) -> Step:
    """Decide, by the last row about the same learner, course, kind and competency."""
    if outcome.is_met:
        return Step.NOTHING if _is_told(outcome, latest) else Step.SEND
    if latest is None or latest.state in (State.BY_HAND, State.DEAD):
        return Step.NOTHING
    # A row that some task has taken may be on its way.
    is_here = latest.state == State.PENDING and not latest.claim and not latest.attempts
    return Step.CANCEL if is_here else Step.BY_HAND


def _is_told(outcome: Outcome, latest: OutboxRow | None) -> bool:
    if latest is None or latest.state not in (State.PENDING, State.DONE):
        return False
    return bool(latest.grade == outcome.grade)


def _latest(fact: Fact, outcome: Outcome) -> OutboxRow | None:
    found: OutboxRow | None = (
        OutboxRow.objects.filter(
            user_id=fact.user_id,
            course_key=fact.course_key,
            kind=fact.kind,
            competency=outcome.competency,
        )
        .order_by("-id")
        .first()
    )
    return found


def _do(step: Step, fact: Fact, outcome: Outcome, latest: OutboxRow | None) -> None:
    if step is Step.SEND:
        enqueue(
            kind=fact.kind,
            user_id=fact.user_id,
            course_key=fact.course_key,
            competency=outcome.competency,
            completed_at=fact.at,
            grade=outcome.grade,
            evidence=None,
            event_id=fact.event_id,
        )
    elif step is Step.CANCEL and latest is not None:
        latest.delete()
    elif step is Step.BY_HAND:
        add_row(
            key=key_of(fact.event_id, outcome.competency),
            state=State.BY_HAND,
            kind=fact.kind,
            user_id=fact.user_id,
            course_key=fact.course_key,
            competency=outcome.competency,
            completed_at=fact.at,
            problem=TAKEN_BACK,
        )
