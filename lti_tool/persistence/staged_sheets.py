"""Uploaded tables that were shown in a dry run and wait for a person to say yes: for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime

KEPT_FOR = timedelta(hours=1)


class StagedSheet(Base):
    """A file as it was uploaded, of one person in one course.

    It holds names and grades, so it is deleted an hour later, by the next upload of the same
    person, or with the person.
    """

    __tablename__ = "staged_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def stage_sheet(
    session: Session, context_id: int, learner_id: int, content: bytes, now: datetime
) -> UUID:
    """Keep a file; whatever this person had uploaded here before is deleted."""
    delete_old_sheets(session, now)
    session.execute(
        delete(StagedSheet).where(
            StagedSheet.context_id == context_id, StagedSheet.learner_id == learner_id
        )
    )
    sheet = StagedSheet(
        uuid=uuid4(), context_id=context_id, learner_id=learner_id, content=content, created_at=now
    )
    session.add(sheet)
    session.flush()
    return sheet.uuid


def get_sheet(
    session: Session, context_id: int, learner_id: int, uuid: UUID, now: datetime
) -> bytes:
    """Return a file that this person uploaded in this course; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(StagedSheet.content).where(
            StagedSheet.uuid == uuid,
            StagedSheet.context_id == context_id,
            StagedSheet.learner_id == learner_id,
            StagedSheet.created_at > now - KEPT_FOR,
        )
    )
    if found is None:
        raise NotFoundError("This file is not kept any more. Upload it again.")
    return found


def delete_old_sheets(session: Session, now: datetime) -> None:
    """Delete the files that nobody said yes to within the hour."""
    session.execute(delete(StagedSheet).where(StagedSheet.created_at <= now - KEPT_FOR))
