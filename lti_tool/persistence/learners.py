"""Learners, the identities they are known by, and their places in courses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    String,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.prepared import Prepared


class Learner(Base):
    """A person as one institution knows them; a teacher is one too, who may learn elsewhere.

    ``language`` is that of their latest launch, or the one they chose since.
    """

    __tablename__ = "learners"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Identity(Base):
    """A name that an authority gives a learner; never linked by e-mail.

    ``authority`` is ``lti:<uuid of the registration>`` with the ``sub`` as ``subject``,
    ``issuer:<hash>`` where all registrations of an issuer use the same ``sub``
    (docs/decisions/0009), or the name of an import source ("oulad") with its own number.
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


def ensure_learner(
    session: Session,
    institution_id: int,
    authority: str,
    subject: str,
    now: datetime,
    *,
    name: str | None = None,
) -> Learner:
    """Return the learner an authority calls ``subject``, made now if unknown; note the name."""
    ids = ensure_learners(session, institution_id, authority, [subject], now)
    learner = session.get_one(Learner, ids[subject])
    if name and learner.name != name:
        learner.name = name
        session.flush()
    return learner


def ensure_learners(
    session: Session, institution_id: int, authority: str, subjects: Sequence[str], now: datetime
) -> dict[str, int]:
    """Return the internal id of each subject's learner; unknown ones are made now."""
    known = find_learners(session, institution_id, authority, subjects)
    missing = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    if not missing:
        return known
    lock_name(session, f"{institution_id}:{authority}")
    known |= find_learners(session, institution_id, authority, missing)
    missing = [subject for subject in missing if subject not in known]
    uuids = {subject: uuid4() for subject in missing}
    made = insert_missing(
        session,
        Learner,
        [{"uuid": u, "institution_id": institution_id, "created_at": now} for u in uuids.values()],
        unique=("uuid",),
        returning=(Learner.uuid, Learner.id),
    )
    ids: dict[UUID, int] = dict(made)
    new = {subject: ids[uuids[subject]] for subject in missing}
    insert_missing(
        session,
        Identity,
        [
            {
                "institution_id": institution_id,
                "learner_id": learner_id,
                "authority": authority,
                "subject": subject,
            }
            for subject, learner_id in new.items()
        ],
        unique=("institution_id", "authority", "subject"),
        returning=(Identity.id,),
    )
    return known | new


def find_learners(
    session: Session, institution_id: int, authority: str, subjects: Sequence[str]
) -> dict[str, int]:
    """Return the internal ids of the learners an authority calls so; unknown ones are left out."""
    found: dict[str, int] = {}
    for start in range(0, len(subjects), CHUNK):
        query = select(Identity.subject, Identity.learner_id).where(
            Identity.institution_id == institution_id,
            Identity.authority == authority,
            Identity.subject.in_(subjects[start : start + CHUNK]),
        )
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found


def lock_name(session: Session, name: str) -> None:
    """Let one transaction at a time pass here (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


# The rows of an array come in its order.
_LOCK = Prepared(
    select(
        func.pg_advisory_xact_lock(
            func.unnest(bindparam("ids", type_=ARRAY(BigInteger))).column_valued("id")
        )
    )
)


def lock_learners(session: Session, learner_ids: Collection[int]) -> None:
    """Serialise the work on these learners until the end of the transaction.

    Always in the same order, so that two transactions never wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        _LOCK.rows(session, {"ids": sorted(learner_ids)})


def get_learner(session: Session, learner_id: int) -> Learner:
    """Return the learner with this internal id."""
    return session.get_one(Learner, learner_id)


def list_people(session: Session, learner_ids: Collection[int]) -> dict[int, tuple[UUID, str]]:
    """Return uuid and name ("" for none) of learners, by internal id."""
    found: dict[int, tuple[UUID, str]] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(Learner.id, Learner.uuid, Learner.name).where(
            Learner.id.in_(ids[start : start + CHUNK])
        )
        found |= {row.id: (row.uuid, row.name or "") for row in session.execute(query)}
    return found


def find_learner_by_uuid(session: Session, uuid: UUID) -> Learner | None:
    """Return the learner with this uuid, of whatever institution."""
    return session.scalar(select(Learner).where(Learner.uuid == uuid))


def get_member(session: Session, context_id: int, uuid: UUID) -> Learner:
    """Return a learner of this course; ``NotFoundError`` for everybody else."""
    found = session.scalar(
        select(Learner)
        .join(Membership, Membership.learner_id == Learner.id)
        .where(
            Membership.context_id == context_id,
            Learner.uuid == uuid,
            Membership.is_instructor.is_(False),
        )
    )
    if found is None:
        raise NotFoundError("This learner is not in this course.")
    return found


def ensure_membership(
    session: Session,
    context_id: int,
    learner_id: int,
    now: datetime,
    *,
    is_instructor: bool,
    is_active: bool = True,
) -> None:
    """Note a person's place in a course as it is now."""
    insert_missing(
        session,
        Membership,
        [
            {
                "context_id": context_id,
                "learner_id": learner_id,
                "is_instructor": is_instructor,
                "is_active": is_active,
                "seen_at": now,
            }
        ],
        unique=("context_id", "learner_id"),
        returning=(Membership.id,),
    )
    session.execute(
        update(Membership)
        .where(Membership.context_id == context_id, Membership.learner_id == learner_id)
        .values(is_instructor=is_instructor, is_active=is_active, seen_at=now)
    )


def list_members(session: Session, context_id: int) -> list[tuple[Learner, Membership]]:
    """Return the learners of a course (not its teachers) by name."""
    query = (
        select(Learner, Membership)
        .join(Membership, Membership.learner_id == Learner.id)
        .where(Membership.context_id == context_id, Membership.is_instructor.is_(False))
        .order_by(Learner.name, Learner.id)
    )
    return [(learner, membership) for learner, membership in session.execute(query)]


def is_learner_of(session: Session, context_id: int, learner_id: int) -> bool:
    """Return whether this person is, or was, a learner of this course."""
    found = session.scalar(
        select(Membership.id).where(
            Membership.context_id == context_id,
            Membership.learner_id == learner_id,
            Membership.is_instructor.is_(False),
        )
    )
    return found is not None


def is_instructor_now(session: Session, context_id: int, learner_id: int) -> bool:
    """Return whether this person is a teacher of this course as of the last launch or roster."""
    found = session.scalar(
        select(Membership.is_instructor).where(
            Membership.context_id == context_id, Membership.learner_id == learner_id
        )
    )
    return bool(found)


def deactivate_missing(session: Session, context_id: int, seen: Collection[int]) -> None:
    """Note that everybody who is not among ``seen`` has left the course; awards stay."""
    active = session.scalars(
        select(Membership).where(Membership.context_id == context_id, Membership.is_active)
    )
    for membership in active:
        if membership.learner_id not in seen:
            membership.is_active = False
    session.flush()


def find_subject(session: Session, learner_id: int, authority: str) -> str | None:
    """Return what an authority calls this learner."""
    return session.scalar(
        select(Identity.subject).where(
            Identity.learner_id == learner_id, Identity.authority == authority
        )
    )
