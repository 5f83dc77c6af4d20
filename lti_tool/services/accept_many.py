"""Use case: a teacher accepts many pieces of evidence at once, or looks what would follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lti_tool.attesting.evidence import completion_of, note_decision
from lti_tool.awarding import check_grade, read_grade, record
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.claims import Claim, list_claims
from lti_tool.persistence.completions import Evidence, EvidenceState
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.waiting_evidence import EvidenceRow, list_pieces
from lti_tool.translating import _

MOST_AT_ONCE = 200


class Acceptance(StrEnum):
    """What becomes of one piece: accepted, decided before, or open at somebody else."""

    ACCEPTED = "accepted"
    DECIDED = "decided"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One piece, and the titles of awards that follow (told at the learner's first piece)."""

    uuid: UUID
    learner_name: str
    achievement_name: str
    acceptance: Acceptance
    awards: tuple[str, ...]


def accept_many(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    evidence_uuids: Sequence[UUID],
    grade: str,
    note: str,
    decided_by: int,
    is_dry_run: bool,
    now: datetime,
) -> tuple[AcceptedRow, ...]:
    """Accept what still waits among these and nobody else has open, in one transaction.

    A dry run takes it back. ``grade`` (may be empty) is the same for all, so it has to fit the
    scale of each. ``InvalidInputError`` for none, too many, pieces of another course, a bad grade.
    """
    _check(evidence_uuids)
    value = read_grade(grade)
    with database.writing() as session:
        pieces = list_pieces(session, context_id, evidence_uuids, is_locked=True)
        if len(pieces) < len(set(evidence_uuids)):
            raise InvalidInputError("One of these pieces is not of this course.", field="evidence")
        claims = list_claims(session, [evidence.id for evidence, _, _ in pieces], now)
        chances = [_acceptance(row[0], claims, decided_by) for row in pieces]
        accepted = [
            row for row, chance in zip(pieces, chances, strict=True) if chance == "accepted"
        ]
        for _, _, achievement in accepted:
            check_grade(value, achievement.scale)
        actor = str(get_learner(session, decided_by).uuid)
        entries = [completion_of(row[0], value, note, decided_by, now) for row in accepted]
        made: dict[int, list[str]] = defaultdict(list)
        if entries:
            for award in record(session, institution_id, entries, actor=actor, now=now).awards:
                made[award.learner_id].append(award.title)
        for evidence, _, _ in accepted:
            note_decision(
                session,
                institution_id,
                evidence,
                is_accepted=True,
                note=note,
                decided_by=decided_by,
                actor=actor,
                now=now,
            )
        rows = tuple(_row(row, chance, made) for row, chance in zip(pieces, chances, strict=True))
        if is_dry_run:
            session.rollback()
    return rows


def _check(uuids: Sequence[UUID]) -> None:
    if not uuids:
        raise InvalidInputError("Tick at least one piece of evidence.", field="evidence")
    if len(uuids) > MOST_AT_ONCE:
        raise InvalidInputError(
            _("Tick at most {most} pieces of evidence at a time.", most=MOST_AT_ONCE),
            field="evidence",
        )


def _acceptance(evidence: Evidence, claims: dict[int, Claim], decided_by: int) -> Acceptance:
    if evidence.state != EvidenceState.SUBMITTED:
        return Acceptance.DECIDED
    claim = claims.get(evidence.id)
    if claim is not None and claim.learner_id != decided_by:
        return Acceptance.OPEN
    return Acceptance.ACCEPTED


def _row(row: EvidenceRow, acceptance: Acceptance, made: dict[int, list[str]]) -> AcceptedRow:
    evidence, learner, achievement = row
    is_accepted = acceptance is Acceptance.ACCEPTED
    awards = tuple(made.pop(evidence.learner_id, ())) if is_accepted else ()
    return AcceptedRow(
        evidence.uuid, learner.name or NAMELESS, achievement.name, acceptance, awards
    )
