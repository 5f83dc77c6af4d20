"""A teacher accepts evidence, which records the completion, or returns it with a note."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.awarding import NewCompletion, read_grade, record
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import (
    Evidence,
    EvidenceState,
    find_completion_id,
    get_evidence,
)
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.news import Fresh, add_news


def decide_evidence(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    evidence_uuid: UUID,
    is_accepted: bool,
    grade: str,
    note: str,
    decided_by: int,
    now: datetime,
) -> None:
    """Decide on one piece of evidence of this course, in one transaction with what follows.

    ``NotFoundError`` for evidence of another course, ``ConflictError`` when it was decided
    before, ``InvalidInputError`` for a bad grade, or for a return without a note.
    """
    if not is_accepted and not note.strip():
        raise InvalidInputError("Tell the learner what is missing.", field="note")
    with database.writing() as session:
        evidence = get_evidence(session, context_id, evidence_uuid)
        if evidence.state != EvidenceState.SUBMITTED:
            raise ConflictError("This evidence has been decided already.")
        actor = str(get_learner(session, decided_by).uuid)
        if is_accepted:
            entry = _entry(evidence, grade, note, decided_by, now)
            record(session, institution_id, [entry], actor=actor, now=now)
            key = entry.idempotency_key
            evidence.completion_id = find_completion_id(session, institution_id, key)
        _note_decision(session, evidence, is_accepted, note, decided_by, now)
        name = session.get_one(Achievement, evidence.achievement_id).name
        key = f"evidence:{evidence_uuid}"
        news = Fresh(evidence.learner_id, "evidence", evidence.state, key, name)
        add_news(session, institution_id, [news], now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action=f"evidence.{evidence.state}",
            at=now,
            subject=str(evidence_uuid),
        )


def _entry(
    evidence: Evidence, grade: str, note: str, decided_by: int, now: datetime
) -> NewCompletion:
    return NewCompletion(
        learner_id=evidence.learner_id,
        achievement_id=evidence.achievement_id,
        completed_on=now.date(),
        source="evidence",
        idempotency_key=f"evidence:{evidence.uuid}",
        grade=read_grade(grade),
        context_id=evidence.context_id,
        note=note.strip(),
        recorded_by=decided_by,
    )


def _note_decision(
    session: Session,
    evidence: Evidence,
    is_accepted: bool,  # noqa: FBT001
    note: str,
    decided_by: int,
    now: datetime,
) -> None:
    evidence.state = EvidenceState.ACCEPTED if is_accepted else EvidenceState.RETURNED
    evidence.decision_note = note.strip()
    evidence.decided_by = decided_by
    evidence.decided_at = now
    session.flush()
