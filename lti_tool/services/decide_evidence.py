"""A teacher accepts evidence, which records the completion, or returns it with a note."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.attesting.evidence import completion_of, note_decision
from lti_tool.attesting.grades import grade_of
from lti_tool.awarding import record
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.claims import list_claims
from lti_tool.persistence.completions import Evidence, EvidenceState, get_evidence
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.translating import _, clock_time


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
    level: str = "",
) -> None:
    """Decide on one piece of evidence of this course, in one transaction with what follows.

    ``level`` is a label of the competency's rubric, in place of a ``grade``. ``NotFoundError``
    for evidence of another course, ``ConflictError`` when it was decided before or when somebody
    else has it open, ``InvalidInputError`` for a bad grade, or for a return without a note.
    """
    if not is_accepted and not note.strip():
        raise InvalidInputError("Tell the learner what is missing.", field="note")
    with database.writing() as session:
        evidence = get_evidence(session, context_id, evidence_uuid)
        if evidence.state != EvidenceState.SUBMITTED:
            raise ConflictError("This evidence has been decided already.")
        _refuse_if_open(session, evidence, decided_by, now)
        actor = str(get_learner(session, decided_by).uuid)
        if is_accepted:
            achievement = session.get_one(Achievement, evidence.achievement_id)
            value = grade_of(session, achievement, level, grade)
            entry = completion_of(evidence, value, note, decided_by, now)
            record(session, institution_id, [entry], actor=actor, now=now)
        note_decision(
            session,
            institution_id,
            evidence,
            is_accepted=is_accepted,
            note=note,
            decided_by=decided_by,
            actor=actor,
            now=now,
        )


def _refuse_if_open(session: Session, evidence: Evidence, decided_by: int, now: datetime) -> None:
    claim = list_claims(session, [evidence.id], now).get(evidence.id)
    if claim is not None and claim.learner_id != decided_by:
        raise ConflictError(
            _(
                "{name} has this evidence open until {until}. "
                "Decide on another piece, or come back later.",
                name=claim.name or NAMELESS,
                until=clock_time(claim.until),
            ),
            code="evidence-open",
        )
