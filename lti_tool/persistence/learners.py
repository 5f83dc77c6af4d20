"""Learners, the identities they are known by, and their places in courses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class Learner(Base):
    """A person as one institution knows them; a teacher is one too, who may learn elsewhere."""

    __tablename__ = "learners"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Identity(Base):
    """A name that an authority gives a learner; never linked by e-mail.

    ``authority`` is ``lti:<uuid of the registration>`` with the ``sub`` as ``subject``, or the
    name of an import source ("oulad") with its own number.
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("institution_id", "authority", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    authority: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(255))


class Membership(Base):
    """A person's place in a course, from launches and from the platform's roster (NRPS)."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("context_id", "learner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    is_instructor: Mapped[bool]
    is_active: Mapped[bool] = mapped_column(default=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
