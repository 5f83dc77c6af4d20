"""When something of the whole installation happened last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing

WORKER, BACKUP = "worker", "backup"
"""The worker looked for work; somebody says that a backup was made."""


class Mark(Base):
    """When what ``name`` stands for happened last."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def set_mark(session: Session, name: str, now: datetime) -> None:
    """Note that it happened now."""
    row = {"name": name, "at": now}
    if not insert_missing(session, Mark, [row], unique=("name",), returning=(Mark.name,)):
        session.execute(update(Mark).where(Mark.name == name).values(at=now))


def read_marks(session: Session) -> dict[str, datetime]:
    """Return what has ever happened, and when last."""
    return {row[0]: row[1] for row in session.execute(select(Mark.name, Mark.at))}
