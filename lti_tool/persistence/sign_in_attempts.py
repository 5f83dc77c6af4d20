"""Sign-ins under way: each is kept here as a hash, bound to one browser, and good once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    Text,
    delete,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.sign_in_ways import Person

COUNTED = timedelta(hours=1)
"""How long an attempt is remembered, so that codes to one address can be counted."""


class SignInAttempt(Base):
    """One sign-in, or the adding of one way (``is_adding``), that has begun.

    Found by the SHA-256 of what comes back: the state of OpenID Connect, the challenge of a
    passkey, the token of a form for a mailed code, the code of a link out of a course.
    ``browser_hash`` is that of the cookie of the browser that began it. The person is known when
    a way is added, when a mail goes to a known address, and for a link out of a course.
    ``nonce`` is that of OpenID Connect, or the salt from which a mailed code follows;
    ``mail_due_at`` is when that mail is to be sent.
    """

    __tablename__ = "sign_in_attempts"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(String(10))
    is_adding: Mapped[bool] = mapped_column(default=False)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learners.id"), index=True)
    administrator_id: Mapped[int | None] = mapped_column(
        ForeignKey("administrators.id"), index=True
    )
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    issuer: Mapped[str | None] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(String(64), default="")
    verifier: Mapped[str] = mapped_column(String(128), default="")
    next_page: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str | None] = mapped_column(Text)
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    mail_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    @property
    def person(self) -> Person:
        """Return whose it is; nobody's where neither id is set."""
        return Person(self.institution_id, self.learner_id, self.administrator_id)


def add_attempt(session: Session, attempt: SignInAttempt) -> None:
    """Store that a sign-in has begun."""
    session.add(attempt)
    session.flush()


def consume_attempt(session: Session, key_hash: str, now: datetime) -> SignInAttempt | None:
    """Use an attempt up and return it; None when it is unknown, used already, or over."""
    found = session.scalar(
        select(SignInAttempt).where(SignInAttempt.key_hash == key_hash).with_for_update()
    )
    if found is None or found.expires_at <= now:
        return None
    found.expires_at = now
    session.flush()
    return found


def hold_attempt(session: Session, key_hash: str, now: datetime) -> SignInAttempt | None:
    """Return an attempt that is good, locked; it may be tried again."""
    return session.scalar(
        select(SignInAttempt)
        .where(SignInAttempt.key_hash == key_hash, SignInAttempt.expires_at > now)
        .with_for_update()
    )


def count_mails(session: Session, address_hash: str, since: datetime) -> int:
    """Return how many codes were asked for to this address after ``since``, known or not."""
    query = (
        select(func.count())
        .select_from(SignInAttempt)
        .where(SignInAttempt.address_hash == address_hash, SignInAttempt.created_at > since)
    )
    return session.scalar(query) or 0


def lease_due_mails(
    session: Session, now: datetime, until: datetime, most: int
) -> list[SignInAttempt]:
    """Take the attempts whose mail is due, so that nobody else sends it before ``until``."""
    query = (
        select(SignInAttempt)
        .where(SignInAttempt.mail_due_at <= now, SignInAttempt.expires_at > now)
        .order_by(SignInAttempt.mail_due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = list(session.scalars(query))
    for attempt in found:
        attempt.mail_due_at = until
    session.flush()
    return found


def note_mailed(session: Session, key_hash: str) -> None:
    """Note that the mail of an attempt is sent."""
    session.execute(
        update(SignInAttempt).where(SignInAttempt.key_hash == key_hash).values(mail_due_at=None)
    )


def count_begun(session: Session, person: Person, kind: str, since: datetime) -> int:
    """Return how many attempts of a kind a person has begun after ``since``."""
    query = (
        select(func.count())
        .select_from(SignInAttempt)
        .where(_of(person), SignInAttempt.kind == kind, SignInAttempt.created_at > since)
    )
    return session.scalar(query) or 0


def void_attempts(
    session: Session, person: Person, now: datetime, *, kind: str | None = None
) -> None:
    """Let nothing that a person has begun (of one kind, if given) be taken up any more."""
    of_kind = true() if kind is None else SignInAttempt.kind == kind
    session.execute(
        update(SignInAttempt)
        .where(_of(person), of_kind, SignInAttempt.expires_at > now)
        .values(expires_at=now, mail_due_at=None)
    )


def delete_old_attempts(session: Session, now: datetime) -> None:
    """Forget attempts that are over and count for nothing any more."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.expires_at <= now, SignInAttempt.created_at <= now - COUNTED
        )
    )


def _of(person: Person) -> ColumnElement[bool]:
    if person.administrator_id is not None:
        return SignInAttempt.administrator_id == person.administrator_id
    return SignInAttempt.learner_id == person.learner_id if person.learner_id else false()
