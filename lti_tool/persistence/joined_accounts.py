"""Accounts of one person at one institution, joined by that person. No row of an award moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.platforms import Deployment, Registration


class JoinedAccount(Base):
    """A learner who is one ``person`` with others: all whose rows have the same uuid there."""

    __tablename__ = "joined_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), unique=True)
    person: Mapped[UUID] = mapped_column(index=True)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)


class JoiningCode(Base):
    """The one code of an account with which another one may be joined to it, once and soon."""

    __tablename__ = "joining_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


def list_person(session: Session, learner_id: int) -> list[int]:
    """Return the internal ids of all accounts of this learner's person, their own first."""
    return list_people(session, [learner_id])[learner_id]


def list_people(session: Session, learner_ids: Collection[int]) -> dict[int, list[int]]:
    """Return ``list_person`` of each of these learners (some hundreds)."""
    own = select(JoinedAccount.person).where(JoinedAccount.learner_id.in_(sorted(learner_ids)))
    query = select(JoinedAccount).where(JoinedAccount.person.in_(own)).order_by(JoinedAccount.id)
    rows = list(session.scalars(query))
    persons = {row.learner_id: row.person for row in rows}
    return {
        one: [
            one,
            *(
                row.learner_id
                for row in rows
                if row.person == persons.get(one) and row.learner_id != one
            ),
        ]
        for one in learner_ids
    }


def join_accounts(
    session: Session, institution_id: int, learner_ids: Collection[int], person: UUID, now: datetime
) -> None:
    """Let all these accounts be one ``person`` from now on."""
    ids = sorted(learner_ids)
    insert_missing(
        session,
        JoinedAccount,
        [
            {
                "institution_id": institution_id,
                "learner_id": learner_id,
                "person": person,
                "joined_at": now,
            }
            for learner_id in ids
        ],
        unique=("learner_id",),
        returning=(JoinedAccount.id,),
    )
    session.execute(
        update(JoinedAccount)
        .where(JoinedAccount.learner_id.in_(ids))
        .values(person=person)
        .execution_options(synchronize_session=False)
    )


def part_account(session: Session, learner_id: int) -> bool:
    """Let an account stand alone again; False when it did. One that is left alone does, too."""
    person = session.scalar(
        delete(JoinedAccount)
        .where(JoinedAccount.learner_id == learner_id)
        .returning(JoinedAccount.person)
    )
    if person is None:
        return False
    left = select(func.count()).select_from(JoinedAccount).where(JoinedAccount.person == person)
    if session.scalar(left) == 1:
        session.execute(delete(JoinedAccount).where(JoinedAccount.person == person))
    return True


def replace_code(
    session: Session,
    institution_id: int,
    learner_id: int,
    code_hash: str,
    now: datetime,
    until: datetime,
) -> None:
    """Keep a new code of an account; the one before is good no more."""
    remove_code(session, learner_id)
    session.add(
        JoiningCode(
            code_hash=code_hash,
            institution_id=institution_id,
            learner_id=learner_id,
            created_at=now,
            expires_at=until,
        )
    )
    session.flush()


def find_code(
    session: Session, institution_id: int, code_hash: str, now: datetime
) -> JoiningCode | None:
    """Return the code of this institution, while it is good."""
    return session.scalar(
        select(JoiningCode).where(
            JoiningCode.institution_id == institution_id,
            JoiningCode.code_hash == code_hash,
            JoiningCode.expires_at > now,
        )
    )


def remove_code(session: Session, learner_id: int) -> bool:
    """Take the code of an account away; False when it had none."""
    gone = session.scalar(
        delete(JoiningCode).where(JoiningCode.learner_id == learner_id).returning(JoiningCode.id)
    )
    return gone is not None


def delete_old_codes(session: Session, now: datetime) -> None:
    """Delete codes that are good no more."""
    session.execute(delete(JoiningCode).where(JoiningCode.expires_at <= now))


def list_places(session: Session, learner_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return (platform, course) for each place where these accounts have been, in stable order."""
    query = (
        select(Membership.learner_id, Registration.name, Context.title)
        .join(Context, Context.id == Membership.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Membership.learner_id.in_(learner_ids))
        .order_by(Membership.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for learner_id, platform, course in session.execute(query):
        found.setdefault(learner_id, []).append((platform, course))
    return found
