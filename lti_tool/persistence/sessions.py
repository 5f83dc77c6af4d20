"""Logins under way and the sessions that launches open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    String,
    Text,
    bindparam,
    delete,
    false,
    insert,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class Purpose(StrEnum):
    """What a session is for: a course, a teacher's view as a student, a person's data."""

    COURSE = "course"
    PREVIEW = "preview"
    PRIVACY = "privacy"


class Login(Base):
    """One OIDC login under way, found by the SHA-256 of its state and consumed once."""

    __tablename__ = "logins"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    target_link_uri: Mapped[str] = mapped_column(Text)
    lti_deployment_id: Mapped[str | None] = mapped_column(String(255))
    login_hint: Mapped[str] = mapped_column(Text, server_default="")
    message_hint: Mapped[str | None] = mapped_column(Text)
    storage_target: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True, slots=True)
class LoginUnderWay:
    """A login that was taken out of ``Login``, whose columns these are."""

    state_hash: str
    nonce: str
    registration_id: int
    target_link_uri: str
    lti_deployment_id: str | None
    login_hint: str
    message_hint: str | None
    storage_target: str | None
    expires_at: datetime


class LaunchTicket(Base):
    """A checked launch that waits for its browser: good while its hash stands here, so once.

    What the launch said is sealed in the ticket itself, which the page holds.
    """

    __tablename__ = "launch_tickets"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class LaunchSession(Base):
    """What one launch opened: who, in which course, in what role, until when.

    The browser holds a random token, in a cookie or (``is_bearer``) in the page's memory; only
    its SHA-256 stands here. ``deep_linking`` holds the request's settings while a picker is open.
    ``mentees`` are internal ids of the only learners a mentor sees; ``subject_id`` is whom a
    review or a privacy launch is about. ``email`` is what the platform vouches for; it is kept no
    longer than the session.
    """

    __tablename__ = "launch_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_links.id"))
    is_instructor: Mapped[bool]
    role: Mapped[str] = mapped_column(String(20), default="learner", server_default="learner")
    purpose: Mapped[str] = mapped_column(
        String(10), default=Purpose.COURSE, server_default=Purpose.COURSE
    )
    mentees: Mapped[list[int] | None] = mapped_column(JSON)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    is_bearer: Mapped[bool] = mapped_column(default=False, server_default=false())
    locale: Mapped[str | None] = mapped_column(String(35))
    email: Mapped[str | None] = mapped_column(String(320))
    deep_linking: Mapped[dict[str, object] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


_LOGINS: Any = Login.__table__
_CONSUMED = delete(_LOGINS).where(_LOGINS.c.state_hash == bindparam("state")).returning(*_LOGINS.c)


_BEGUN = insert(_LOGINS)


def add_login(connection: Connection, **columns: Any) -> None:
    """Store a login under way; ``columns`` are those of ``Login``."""
    connection.execute(_BEGUN, columns)


def consume_login(connection: Connection, state_hash: str, now: datetime) -> LoginUnderWay | None:
    """Take the login out, once; None when it is unknown, taken already, or expired."""
    row = connection.execute(_CONSUMED, {"state": state_hash}).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return LoginUnderWay(**row._mapping)


def delete_expired(session: Session, now: datetime) -> None:
    """Forget logins, tickets and sessions whose time is over."""
    session.execute(delete(LaunchTicket).where(LaunchTicket.expires_at <= now))
    session.execute(delete(Login).where(Login.expires_at <= now))
    session.execute(delete(LaunchSession).where(LaunchSession.expires_at <= now))


def add_ticket(session: Session, ticket_hash: str, expires_at: datetime, now: datetime) -> None:
    """Make a ticket good once until ``expires_at``; forget those whose time is over."""
    session.execute(delete(LaunchTicket).where(LaunchTicket.expires_at <= now))
    session.add(LaunchTicket(ticket_hash=ticket_hash, expires_at=expires_at))
    session.flush()


def consume_ticket(session: Session, ticket_hash: str, now: datetime) -> bool:
    """Use a ticket up; False when it is unknown, used already, or expired."""
    expires_at = session.execute(
        delete(LaunchTicket)
        .where(LaunchTicket.ticket_hash == ticket_hash)
        .returning(LaunchTicket.expires_at)
    ).scalar_one_or_none()
    return expires_at is not None and expires_at > now


def add_session(session: Session, launched: LaunchSession) -> None:
    """Store what a launch opened."""
    session.add(launched)
    session.flush()


def make_bearer(session: Session, token_hash: str, expires_at: datetime) -> None:
    """Let the token of a session be one for a header, until ``expires_at``, and no cookie."""
    session.execute(
        update(LaunchSession)
        .where(LaunchSession.token_hash == token_hash)
        .values(is_bearer=True, expires_at=expires_at)
    )


def end_instructor_sessions(session: Session, learner_id: int, context_id: int) -> None:
    """End the teacher's sessions of a person who now comes with a lower role."""
    session.execute(
        delete(LaunchSession).where(
            LaunchSession.learner_id == learner_id,
            LaunchSession.context_id == context_id,
            LaunchSession.is_instructor,
        )
    )
