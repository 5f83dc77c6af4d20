"""What a decision on evidence writes, for one piece and for many."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_tool.awarding import NewCompletion
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.claims import release
from lti_tool.persistence.completions import Evidence, EvidenceState, find_completion_id
from lti_tool.persistence.news import Fresh, add_news


def completion_of(
    evidence: Evidence, grade: Decimal | None, note: str, decided_by: int, now: datetime
) -> NewCompletion:
    """Return the completion that accepted evidence stands for."""
    return NewCompletion(
        learner_id=evidence.learner_id,
        achievement_id=evidence.achievement_id,
        completed_on=now.date(),
        source="evidence",
        idempotency_key=f"evidence:{evidence.uuid}",
        grade=grade,
        context_id=evidence.context_id,
        note=note.strip(),
        recorded_by=decided_by,
    )


def note_decision(
    session: Session,
    institution_id: int,
    evidence: Evidence,
    *,
    is_accepted: bool,
    note: str,
    decided_by: int,
    actor: str,
    now: datetime,
) -> None:
    """Write the decision to the evidence, the news and the audit log; nobody has it open any more.

    The completion of accepted evidence is recorded before.
    """
    if is_accepted:
        key = f"evidence:{evidence.uuid}"
        evidence.completion_id = find_completion_id(session, institution_id, key)
    evidence.state = EvidenceState.ACCEPTED if is_accepted else EvidenceState.RETURNED
    evidence.decision_note = note.strip()
    evidence.decided_by = decided_by
    evidence.decided_at = now
    release(session, evidence.id)
    session.flush()
    name = session.get_one(Achievement, evidence.achievement_id).name
    key = f"evidence:{evidence.uuid}"
    news = Fresh(evidence.learner_id, "evidence", evidence.state, key, name)
    add_news(session, institution_id, [news], now)
    add_event(
        session,
        institution_id=institution_id,
        actor=actor,
        action=f"evidence.{evidence.state}",
        at=now,
        subject=str(evidence.uuid),
    )
