"""What learners ask of their registrar: one open request for each learner and requirement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.learners import Identity, Learner

IS_OPEN = text("state = 'open'")


class RequestState(StrEnum):
    """Where a request stands. CLOSED was never answered: the person's data were erased."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    CLOSED = "closed"


class Request(Base):
    """A learner says that something looks wrong, or asks for an exception, at one requirement.

    ``context_id`` is the course from which it was asked; ``decided_by`` is who answered, as audit
    events name it; ``exception_id`` is what was granted.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index(
            "uq_requests_open",
            "learner_id",
            "stack_key",
            "address",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"))
    stack_key: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default=RequestState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(100))
    answer: Mapped[str] = mapped_column(Text, default="")
    exception_id: Mapped[int | None] = mapped_column(ForeignKey("exceptions.id"))


def add_request(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a request; False when the same form was sent before."""
    return bool(insert_missing(session, Request, [row], unique=("uuid",), returning=(Request.id,)))


def find_open_request(
    session: Session, learner_id: int, stack_key: str, address: str
) -> Request | None:
    """Return the request of a learner that waits at this requirement, if there is one."""
    return session.scalar(
        select(Request).where(
            Request.learner_id == learner_id,
            Request.stack_key == stack_key,
            Request.address == address,
            Request.state == RequestState.OPEN,
        )
    )


def list_requests_of(session: Session, learner_id: int) -> list[Request]:
    """Return what a learner has asked, the latest first."""
    query = select(Request).where(Request.learner_id == learner_id)
    return list(session.scalars(query.order_by(Request.id.desc())))


def list_open_requests(session: Session, institution_id: int) -> list[tuple[Request, Learner]]:
    """Return the requests that wait at an institution, the oldest first."""
    query = (
        select(Request, Learner)
        .join(Learner, Learner.id == Request.learner_id)
        .where(Request.institution_id == institution_id, Request.state == RequestState.OPEN)
        .order_by(Request.id)
    )
    return [(request, learner) for request, learner in session.execute(query)]


def get_request(session: Session, uuid: UUID, institution_id: int) -> Request:
    """Return a request of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Request).where(Request.uuid == uuid, Request.institution_id == institution_id)
    )
    if found is None:
        raise NotFoundError("There is no such request.")
    return found


def search_learners(session: Session, institution_id: int, said: str, most: int) -> list[Learner]:
    """Return learners of an institution whose name holds ``said`` or whom an LMS calls exactly so.

    At most ``most``, by name.
    """
    called = select(Identity.learner_id).where(
        Identity.institution_id == institution_id, Identity.subject == said
    )
    query = (
        select(Learner)
        .where(
            Learner.institution_id == institution_id,
            or_(Learner.name.icontains(said, autoescape=True), Learner.id.in_(called)),
        )
        .order_by(Learner.name, Learner.id)
        .limit(most)
    )
    return list(session.scalars(query))


def get_learner_of(session: Session, institution_id: int, uuid: UUID) -> Learner:
    """Return a learner of this institution; ``NotFoundError`` for everybody else."""
    found = session.scalar(
        select(Learner).where(Learner.institution_id == institution_id, Learner.uuid == uuid)
    )
    if found is None:
        raise NotFoundError("There is no such learner.")
    return found


def list_subjects(session: Session, learner_id: int) -> list[str]:
    """Return how learning platforms and imports call a learner."""
    query = select(Identity.subject).where(Identity.learner_id == learner_id)
    return list(session.scalars(query.order_by(Identity.id)))
