"""Who has a piece of evidence open right now, so that two people do not decide on it at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.learners import Learner

HELD_FOR = timedelta(minutes=15)


class EvidenceClaim(Base):
    """A piece of evidence that somebody (``learner_id``, a teacher) has open ``until`` then."""

    __tablename__ = "evidence_claims"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has it open, and until when unless they go on."""

    learner_id: int
    name: str | None
    until: datetime


def claim(session: Session, evidence_id: int, learner_id: int, now: datetime) -> Claim:
    """Open a piece of evidence for somebody; return whose it is, which may be another's."""
    row = {"evidence_id": evidence_id, "learner_id": learner_id, "until": now + HELD_FOR}
    insert_missing(
        session,
        EvidenceClaim,
        [row],
        unique=("evidence_id",),
        returning=(EvidenceClaim.evidence_id,),
    )
    session.execute(
        update(EvidenceClaim)
        .where(
            EvidenceClaim.evidence_id == evidence_id,
            (EvidenceClaim.learner_id == learner_id) | (EvidenceClaim.until <= now),
        )
        .values(learner_id=learner_id, until=now + HELD_FOR)
        .execution_options(synchronize_session=False)
    )
    return list_claims(session, [evidence_id], now)[evidence_id]


def list_claims(session: Session, evidence_ids: Collection[int], now: datetime) -> dict[int, Claim]:
    """Return who has which of these open."""
    found: dict[int, Claim] = {}
    ids = sorted(evidence_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(EvidenceClaim.evidence_id, Learner.id, Learner.name, EvidenceClaim.until)
            .join(Learner, Learner.id == EvidenceClaim.learner_id)
            .where(
                EvidenceClaim.evidence_id.in_(ids[start : start + CHUNK]),
                EvidenceClaim.until > now,
            )
        )
        found |= {row[0]: Claim(row[1], row[2], row[3]) for row in session.execute(query)}
    return found


def release(session: Session, evidence_id: int) -> None:
    """Note that nobody has a piece of evidence open any more: it is decided."""
    session.execute(delete(EvidenceClaim).where(EvidenceClaim.evidence_id == evidence_id))
