"""Awards whose learner wants the grade in the credential."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing


class ShownGrade(Base):
    """The consent of a learner to have the grade of an award in its credential.

    There is a row as long as they want it.
    """

    __tablename__ = "shown_grades"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    consented_at: Mapped[datetime] = mapped_column(UTCDateTime)


def shows_grade(session: Session, award_id: int) -> bool:
    """Return whether the credential of an award is to say its grade."""
    query = select(ShownGrade.id).where(ShownGrade.award_id == award_id)
    return session.scalar(query) is not None


def add_shown_grade(session: Session, award: Award, now: datetime) -> bool:
    """Note that the grade is wanted; False when it was."""
    row = {"award_id": award.id, "learner_id": award.learner_id, "consented_at": now}
    made = insert_missing(
        session, ShownGrade, [row], unique=("award_id",), returning=(ShownGrade.id,)
    )
    return bool(made)


def remove_shown_grade(session: Session, award_id: int) -> bool:
    """Note that the grade is wanted no longer; False when it was not."""
    gone = session.scalar(
        delete(ShownGrade).where(ShownGrade.award_id == award_id).returning(ShownGrade.id)
    )
    return gone is not None
