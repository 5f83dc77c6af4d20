"""Credentials of other issuers that learners handed in, and what was decided on them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.learners import Learner, Membership


class OutsideState(StrEnum):
    """Where a credential stands that somebody handed in."""

    UNCHECKED = "unchecked"
    """It could not be checked yet, and is tried again."""

    WAITING = "waiting"
    RECOGNISED = "recognised"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    """Its issuer has corrected it, and the learner has handed the newer one in."""


class OutsideCredential(Base):
    """A credential of another issuer, as a learner presented it, with the result of the last check.

    ``sha256`` is that of ``document``; ``identity_hash`` stands for issuer and id, which make it
    the same credential in whatever form. ``outcome`` and ``reasons`` are those of the last check
    that came to something, ``told`` is what it says. ``remark`` is what a person should look at;
    ``is_unproved`` says that nothing in it shows whose it is. ``changed_at`` is set while its
    issuer no longer vouches for what is recognised.
    """

    __tablename__ = "outside_credentials"
    __table_args__ = (UniqueConstraint("learner_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    form: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(Text)
    credential_id: Mapped[str] = mapped_column(Text)
    identity_hash: Mapped[str] = mapped_column(String(64), index=True)
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(String(30))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(String(30), default="")
    is_unproved: Mapped[bool]
    handed_in_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    failed_checks: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Recognition(Base):
    """What was decided on an outside credential, by whom and why; a later one corrects it.

    ``state`` is "recognised" or "declined". ``decided_by`` is None where the equivalency
    ``equivalency_id`` decided by itself. ``replaces_id`` is the decision that this one corrects.
    """

    __tablename__ = "recognitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    outside_credential_id: Mapped[int] = mapped_column(
        ForeignKey("outside_credentials.id"), index=True
    )
    state: Mapped[str] = mapped_column(String(20))
    achievement_id: Mapped[int | None] = mapped_column(ForeignKey("achievements.id"))
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completions.id"), index=True)
    equivalency_id: Mapped[int | None] = mapped_column(ForeignKey("equivalencies.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("recognitions.id"))
    reason: Mapped[str] = mapped_column(Text)
    is_identity_confirmed: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


def identity_hash(issuer: str, credential_id: str) -> str:
    """Return what stands for issuer and id of a credential."""
    return hashlib.sha256(f"{issuer}\n{credential_id}".encode()).hexdigest()


def add_outside(session: Session, row: Mapping[str, Any]) -> OutsideCredential | None:
    """Store a credential; None when this learner has handed the same bytes in before."""
    made = insert_missing(
        session,
        OutsideCredential,
        [row],
        unique=("learner_id", "sha256"),
        returning=(OutsideCredential.id,),
    )
    return session.get_one(OutsideCredential, made[0][0]) if made else None


def list_same(session: Session, institution_id: int, identity: str) -> list[OutsideCredential]:
    """Return what this institution holds of a credential (any learner, any version)."""
    query = select(OutsideCredential).where(
        OutsideCredential.institution_id == institution_id,
        OutsideCredential.identity_hash == identity,
    )
    return list(session.scalars(query.order_by(OutsideCredential.id)))


def list_outside(session: Session, learner_id: int) -> list[OutsideCredential]:
    """Return what a learner has handed in, the latest first."""
    query = select(OutsideCredential).where(OutsideCredential.learner_id == learner_id)
    return list(session.scalars(query.order_by(OutsideCredential.id.desc())))


def count_undecided(session: Session, learner_id: int) -> int:
    """Return how many credentials of a learner wait for a check or a decision."""
    query = select(func.count(OutsideCredential.id)).where(
        OutsideCredential.learner_id == learner_id,
        OutsideCredential.state.in_((OutsideState.WAITING, OutsideState.UNCHECKED)),
    )
    return session.scalar(query) or 0


def list_in_course(
    session: Session,
    context_id: int,
    states: Collection[str],
    *,
    limit: int,
    is_changed: bool = False,
    latest_first: bool = False,
) -> list[tuple[OutsideCredential, Learner]]:
    """Return what learners of a course handed in that stands so, and has changed since or not."""
    order = OutsideCredential.id.desc() if latest_first else OutsideCredential.id
    changed = OutsideCredential.changed_at
    query = (
        select(OutsideCredential, Learner)
        .join(Learner, Learner.id == OutsideCredential.learner_id)
        .join(Membership, Membership.learner_id == Learner.id)
        .where(
            Membership.context_id == context_id,
            Membership.is_instructor.is_(False),
            OutsideCredential.state.in_(sorted(states)),
            changed.is_not(None) if is_changed else changed.is_(None),
        )
        .order_by(order)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def get_in_course(
    session: Session, context_id: int, uuid: UUID
) -> tuple[OutsideCredential, Learner]:
    """Return what a learner of this course handed in; ``NotFoundError`` otherwise."""
    row = session.execute(
        select(OutsideCredential, Learner)
        .join(Learner, Learner.id == OutsideCredential.learner_id)
        .join(Membership, Membership.learner_id == Learner.id)
        .where(
            OutsideCredential.uuid == uuid,
            Membership.context_id == context_id,
            Membership.is_instructor.is_(False),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such credential of a learner of this course.")
    return row[0], row[1]


def add_recognition(session: Session, row: Recognition) -> Recognition:
    """Store a decision."""
    session.add(row)
    session.flush()
    return row


def find_latest_decision(session: Session, outside_id: int) -> Recognition | None:
    """Return the decision on a credential that counts: the last one."""
    return session.scalar(
        select(Recognition)
        .where(Recognition.outside_credential_id == outside_id)
        .order_by(Recognition.id.desc())
        .limit(1)
    )


def list_decisions(
    session: Session, outside_id: int
) -> list[tuple[Recognition, Achievement | None, Completion | None, Learner | None]]:
    """Return (decision, local achievement, completion, who decided), the latest first."""
    query = (
        select(Recognition, Achievement, Completion, Learner)
        .outerjoin(Achievement, Achievement.id == Recognition.achievement_id)
        .outerjoin(Completion, Completion.id == Recognition.completion_id)
        .outerjoin(Learner, Learner.id == Recognition.decided_by)
        .where(Recognition.outside_credential_id == outside_id)
        .order_by(Recognition.id.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def list_live_completions(session: Session, outside_ids: Collection[int]) -> list[Completion]:
    """Return the completions that rest on these credentials and are not withdrawn."""
    query = (
        select(Completion)
        .join(Recognition, Recognition.completion_id == Completion.id)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(Recognition.outside_credential_id.in_(sorted(outside_ids)), Withdrawal.id.is_(None))
        .order_by(Completion.id)
    )
    return list(session.scalars(query))


def list_completion_uuids(session: Session, outside_ids: Collection[int]) -> list[UUID]:
    """Return the uuids of all completions that ever rested on these credentials."""
    query = (
        select(Completion.uuid)
        .join(Recognition, Recognition.completion_id == Completion.id)
        .where(Recognition.outside_credential_id.in_(sorted(outside_ids)))
        .distinct()
    )
    return list(session.scalars(query))


def find_origins(
    session: Session, institution_id: int, completions: Collection[UUID]
) -> dict[UUID, tuple[OutsideCredential, datetime]]:
    """Return the credential behind each of these completions that has one, and when it counted."""
    query = (
        select(Completion.uuid, OutsideCredential, Recognition.decided_at)
        .join(Recognition, Recognition.completion_id == Completion.id)
        .join(OutsideCredential, OutsideCredential.id == Recognition.outside_credential_id)
        .where(Completion.institution_id == institution_id, Completion.uuid.in_(list(completions)))
        # Of several decisions (one was confirmed, say) the first one counts.
        .order_by(Recognition.id.desc())
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def find_presented(session: Session, learner_id: int, sha256: str) -> OutsideCredential | None:
    """Return what a learner has handed in in these very bytes."""
    return session.scalar(
        select(OutsideCredential).where(
            OutsideCredential.learner_id == learner_id, OutsideCredential.sha256 == sha256
        )
    )


def lease_due_checks(
    session: Session, now: datetime, until: datetime, limit: int, institution_id: int | None
) -> list[int]:
    """Take credentials whose status is to be asked for again, the longest due first.

    Returns their internal ids. Whoever takes them has them until ``until``; what is not done by
    then is due again.
    """
    query = (
        select(OutsideCredential)
        .where(OutsideCredential.next_check_at <= now)
        .order_by(OutsideCredential.next_check_at, OutsideCredential.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if institution_id is not None:
        query = query.where(OutsideCredential.institution_id == institution_id)
    rows = list(session.scalars(query))
    for row in rows:
        row.next_check_at = until
    session.flush()
    return [row.id for row in rows]


def erase_outside(session: Session, learner_id: int) -> None:
    """Take away what these credentials say; that something was decided stays, without a word."""
    for row in list_outside(session, learner_id):
        row.sha256 = row.identity_hash = row.uuid.hex
        row.document, row.told, row.credential_id, row.reasons = b"", {}, "", []
        row.next_check_at = None
        session.execute(
            update(Recognition).where(Recognition.outside_credential_id == row.id).values(reason="")
        )
    session.flush()


def hasten_checks(
    session: Session, completions: Collection[UUID], checked_before: datetime, now: datetime
) -> None:
    """Let the credentials behind these completions be checked now where that was long ago."""
    behind = (
        select(Recognition.outside_credential_id)
        .join(Completion, Completion.id == Recognition.completion_id)
        .where(Completion.uuid.in_(list(completions)))
    )
    session.execute(
        update(OutsideCredential)
        .where(
            OutsideCredential.id.in_(behind),
            OutsideCredential.checked_at < checked_before,
            OutsideCredential.next_check_at > now,
        )
        .values(next_check_at=now)
        .execution_options(synchronize_session=False)
    )
