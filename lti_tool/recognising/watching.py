"""What a later check of a credential comes to: it holds, it has changed, or nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from lti_tool.credentials.recognition.outcomes import Outcome, Verdict
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.outside_credentials import OutsideCredential, OutsideState
from lti_tool.recognising.deciding import decide_by_itself
from lti_tool.recognising.keeping import CHECK_EVERY, TRY_AGAIN, Kept, Place, keep, settle
from lti_tool.recognising.pieces import KEPT, take_apart

ACTOR = "tool:recheck"
LONGEST_WAIT = timedelta(days=7)
MOST_DOUBLINGS = 10


class Found(StrEnum):
    """What a later check came to."""

    HOLDS = "holds"
    CHANGED = "changed"
    NO_ANSWER = "no-answer"


def note_check(session: Session, row: OutsideCredential, verdict: Verdict, now: datetime) -> Found:
    """Note a later check; the caller holds the lock of the learner.

    What is recognised and no longer vouched for is marked, so that a named person looks at it;
    nothing that counts is taken away here. Vouched for again, the mark goes.
    """
    if row.state in (OutsideState.DECLINED, OutsideState.SUPERSEDED):
        row.next_check_at = None  # decided while the check ran
        return Found.HOLDS
    if verdict.outcome is Outcome.UNCHECKABLE:
        row.failed_checks += 1
        wait = TRY_AGAIN * 2 ** min(row.failed_checks, MOST_DOUBLINGS)
        row.next_check_at = now + min(wait, LONGEST_WAIT)
        return Found.NO_ANSWER
    if row.state == OutsideState.UNCHECKED:
        return _note_first(session, row, verdict, now)
    outcome = _with_owner(row, verdict.outcome)
    has_changed = outcome != row.outcome
    was_good = row.outcome in KEPT
    row.outcome, row.reasons = str(outcome), [reason.code for reason in verdict.reasons]
    row.checked_at, row.failed_checks = now, 0
    row.next_check_at = None if outcome is Outcome.EXPIRED else now + CHECK_EVERY
    if outcome in KEPT:
        row.changed_at = None
    elif has_changed and row.state == OutsideState.RECOGNISED:
        row.changed_at = row.changed_at or now
    if was_good != (outcome in KEPT):
        _write_down(session, row, now)
        return Found.CHANGED
    return Found.HOLDS


def _note_first(session: Session, row: OutsideCredential, verdict: Verdict, now: datetime) -> Found:
    """Note the first check that came to something: what is good goes to the queue.

    Of what is no good nothing is kept but the reason.
    """
    pieces = take_apart(row.document, verdict)
    if verdict.outcome not in KEPT:
        row.outcome, row.reasons = str(verdict.outcome), [r.code for r in verdict.reasons]
        row.state, row.checked_at, row.document = OutsideState.DECLINED, now, b""
        row.next_check_at = None
    elif verdict.members:
        place = Place(row.institution_id, row.learner_id, row.context_id)
        row.state, row.next_check_at = OutsideState.SUPERSEDED, None
        held = [keep(session, place, piece, now) for piece in pieces]
        _decide(session, held, now)
    else:
        _decide(session, [settle(session, row, pieces[0], now)], now)
    _write_down(session, row, now)
    return Found.CHANGED


def _decide(session: Session, held: list[Kept], now: datetime) -> None:
    for kept in held:
        if kept.row is not None and kept.row.state == OutsideState.WAITING:
            decide_by_itself(session, kept.row, now)


def _with_owner(row: OutsideCredential, outcome: Outcome) -> Outcome:
    """Return the outcome for its learner: whose it is was seen when it was handed in."""
    is_good = outcome in (Outcome.VALID, Outcome.UNKNOWN_ISSUER)
    return Outcome.NOT_YOURS if is_good and row.is_unproved else outcome


def _write_down(session: Session, row: OutsideCredential, now: datetime) -> None:
    add_event(
        session,
        institution_id=row.institution_id,
        actor=ACTOR,
        action="outside-credential.changed",
        at=now,
        subject=str(row.uuid),
        detail={"outcome": row.outcome, "state": row.state},
    )
