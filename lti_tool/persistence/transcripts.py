"""Transcripts (CLR) of stacked awards, as they were signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.awards import Award, is_stacked
from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.joined_accounts import list_person


class Transcript(Base):
    """The signed transcript of an award that counted others, as text.

    ``members_hash`` stands for the credentials in it: with another one it is to be made anew.
    """

    __tablename__ = "transcripts"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    issuer_key_id: Mapped[int] = mapped_column(ForeignKey("issuer_keys.id"))
    members_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_transcript(session: Session, award_id: int) -> Transcript | None:
    """Return the transcript of an award, if it is issued."""
    return session.scalar(select(Transcript).where(Transcript.award_id == award_id))


def put_transcript(session: Session, row: Mapping[str, Any], replaced: str | None) -> bool:
    """Store a transcript in the place of ``replaced`` (a document; None is the first).

    False when somebody else was first: then theirs stays.
    """
    if replaced is None:
        made = insert_missing(
            session, Transcript, [row], unique=("award_id",), returning=(Transcript.id,)
        )
        return bool(made)
    changed = session.scalar(
        update(Transcript)
        .where(Transcript.award_id == row["award_id"], Transcript.document == replaced)
        .values(**row)
        .returning(Transcript.id)
    )
    return changed is not None


def find_own_transcript(session: Session, learner_id: int, award_uuid: UUID) -> Transcript | None:
    """Return the transcript of an award of a learner, or of an account that they have joined."""
    query = (
        select(Transcript)
        .join(Award, Award.id == Transcript.award_id)
        .where(
            Award.uuid == award_uuid, Transcript.learner_id.in_(list_person(session, learner_id))
        )
    )
    return session.scalar(query)


def list_transcribed(session: Session, learner_id: int) -> set[UUID]:
    """Return the uuids of a learner's awards whose transcripts are issued."""
    query = (
        select(Award.uuid)
        .join(Transcript, Transcript.award_id == Award.id)
        .where(Transcript.learner_id == learner_id)
    )
    return set(session.scalars(query))


def list_transcripts(
    session: Session, institution_id: int, after: int = 0, limit: int = CHUNK
) -> list[tuple[Transcript, UUID]]:
    """Return transcripts of an institution with the uuids of their awards, in parts."""
    query = (
        select(Transcript, Award.uuid)
        .join(Award, Award.id == Transcript.award_id)
        .where(Transcript.institution_id == institution_id, Transcript.id > after)
        .order_by(Transcript.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_signed_transcripts(session: Session, key_row_id: int) -> list[UUID]:
    """Return the uuids of the awards whose transcripts a key has signed, the oldest first."""
    query = (
        select(Award.uuid)
        .join(Transcript, Transcript.award_id == Award.id)
        .where(Transcript.issuer_key_id == key_row_id)
        .order_by(Transcript.id)
    )
    return list(session.scalars(query))


def list_without_transcript(session: Session, institution_id: int) -> list[Award]:
    """Return the stacked awards of an institution that have no transcript yet, the oldest first."""
    query = (
        select(Award)
        .outerjoin(Transcript, Transcript.award_id == Award.id)
        .where(Award.institution_id == institution_id, Transcript.id.is_(None))
        .order_by(Award.id)
    )
    return [award for award in session.scalars(query) if is_stacked(award.receipt)]
