"""Institutions, their achievements, and their stacks in published versions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime


class Institution(Base):
    """The body whose catalogue, learners and awards these are: the tenant.

    It appears as the Issuer of every credential; it is called institution here because an LTI
    registration has an ``issuer`` of its own, and the two must never be mixed up.
    """

    __tablename__ = "institutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Achievement(Base):
    """What can be completed or awarded: a competency, a course, a microcredential.

    ``credits`` are the institution's own kind, exact; ``scale`` is "low-high", the range of a
    grade ("0-100").
    """

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("institution_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    credits: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    scale: Mapped[str] = mapped_column(String(50), default="0-100")
    is_award: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Stack(Base):
    """A named rule that leads to an award; its text lives in its versions."""

    __tablename__ = "stacks"
    __table_args__ = (UniqueConstraint("institution_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StackVersion(Base):
    """One published text of a stack. The database refuses to change it (migration 0001)."""

    __tablename__ = "stack_versions"
    __table_args__ = (UniqueConstraint("stack_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    stack_id: Mapped[int] = mapped_column(ForeignKey("stacks.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
