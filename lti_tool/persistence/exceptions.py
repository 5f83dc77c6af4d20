"""Exceptions of learners, never changed, and the second records that end them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.persistence.base import Base, Sought, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.learners import Learner


class GrantedException(Base):
    """A decision that one requirement of one learner is other than the rule has it.

    What it says is what a ``Waiver`` of the engine says: ``kind`` is one of six, ``address`` a
    place in the stack, ``fact`` the uuid of a fact or the key of an achievement, ``value`` an
    exact number or a day as text. It counts from ``granted_on`` on and before ``valid_until``.
    The database refuses changes of all but the two texts, which go when a person is erased.
    """

    __tablename__ = "exceptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    stack_key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Text)
    fact: Mapped[str] = mapped_column(String(200), default="")
    field: Mapped[str] = mapped_column(String(100), default="")
    value: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str] = mapped_column(String(50))
    reason: Mapped[str] = mapped_column(Text)
    document_url: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100))
    granted_on: Mapped[date]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[date | None]


class ExceptionEnd(Base):
    """The second record that ends an exception: it counts nowhere from then on."""

    __tablename__ = "exception_ends"

    id: Mapped[int] = mapped_column(primary_key=True)
    exception_id: Mapped[int] = mapped_column(ForeignKey("exceptions.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class ExceptionRows:
    """An exception with whom it is for, and its end if it has ended."""

    exception: GrantedException
    learner: Learner
    institution: Institution
    end: ExceptionEnd | None


def add_exception(session: Session, row: Mapping[str, Any]) -> int | None:
    """Store an exception; its internal id, None when the one of this uuid stands already."""
    made = insert_missing(
        session, GrantedException, [row], unique=("uuid",), returning=(GrantedException.id,)
    )
    return int(made[0][0]) if made else None


def add_end(session: Session, exception_id: int, reason: str, actor: str, now: datetime) -> None:
    """End an exception by a second record; ``ConflictError`` when that was done before."""
    row = {"exception_id": exception_id, "reason": reason, "actor": actor, "ended_at": now}
    made = insert_missing(
        session, ExceptionEnd, [row], unique=("exception_id",), returning=(ExceptionEnd.id,)
    )
    if not made:
        raise ConflictError("This exception has been ended already.")


class ExceptionRow(NamedTuple):
    """What rules ask of an exception."""

    uuid: UUID
    learner_id: int
    stack_key: str
    kind: str
    address: str
    fact: str
    field: str
    value: str | None
    reason_code: str
    author: str
    granted_on: date
    decided_at: datetime
    valid_until: date | None


_STANDING = Sought(
    select(
        GrantedException.uuid,
        GrantedException.learner_id,
        GrantedException.stack_key,
        GrantedException.kind,
        GrantedException.address,
        GrantedException.fact,
        GrantedException.field,
        GrantedException.value,
        GrantedException.reason_code,
        GrantedException.author,
        GrantedException.granted_on,
        GrantedException.decided_at,
        GrantedException.valid_until,
    )
    .outerjoin(ExceptionEnd, ExceptionEnd.exception_id == GrantedException.id)
    .where(ExceptionEnd.id.is_(None))
    .order_by(GrantedException.id),
    GrantedException.learner_id,
)


def list_standing(session: Session, learner_ids: Collection[int]) -> list[ExceptionRow]:
    """Return the exceptions of these learners that nobody has ended, in order of decision.

    Those whose time is over are among them: they did count while it lasted.
    """
    return [ExceptionRow._make(row) for row in _STANDING.rows(session, learner_ids)]


def list_excepted(session: Session, institution_id: int, first: int, last: int) -> Sequence[int]:
    """Return the learners with internal ids from ``first`` to ``last`` who have exceptions.

    Those that nobody has ended, whether their time is over or not.
    """
    query = (
        select(GrantedException.learner_id)
        .outerjoin(ExceptionEnd, ExceptionEnd.exception_id == GrantedException.id)
        .where(
            GrantedException.institution_id == institution_id,
            GrantedException.learner_id.between(first, last),
            ExceptionEnd.id.is_(None),
        )
        .distinct()
    )
    return session.scalars(query).all()


def list_exceptions(
    session: Session,
    institution_id: int | None,
    *,
    learner_id: int | None = None,
    is_standing: bool = False,
    most: int | None = None,
) -> list[ExceptionRows]:
    """Return exceptions (of an institution, of a learner), the latest first."""
    query = _rows().order_by(GrantedException.id.desc())
    if institution_id is not None:
        query = query.where(GrantedException.institution_id == institution_id)
    if learner_id is not None:
        query = query.where(GrantedException.learner_id == learner_id)
    if is_standing:
        query = query.where(ExceptionEnd.id.is_(None))
    return [ExceptionRows(*row) for row in session.execute(query.limit(most))]


def get_exception(session: Session, uuid: UUID, institution_id: int | None) -> ExceptionRows:
    """Return an exception (of an institution); ``NotFoundError`` otherwise."""
    query = _rows().where(GrantedException.uuid == uuid)
    if institution_id is not None:
        query = query.where(GrantedException.institution_id == institution_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such exception.")
    return ExceptionRows(*row)


def _rows() -> Select[GrantedException, Learner, Institution, ExceptionEnd]:
    return (
        select(GrantedException, Learner, Institution, ExceptionEnd)
        .join(Learner, Learner.id == GrantedException.learner_id)
        .join(Institution, Institution.id == GrantedException.institution_id)
        .outerjoin(ExceptionEnd, ExceptionEnd.exception_id == GrantedException.id)
    )
