"""Logins under way and the sessions that launches open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class Login(Base):
    """One OIDC login under way, found by the SHA-256 of its state and consumed once."""

    __tablename__ = "logins"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    target_link_uri: Mapped[str] = mapped_column(Text)
    lti_deployment_id: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class LaunchSession(Base):
    """What one launch opened: who, in which course, in what role, until when.

    The browser holds a random token in a cookie; only its SHA-256 stands here. ``deep_linking``
    holds the request's settings while a picker is open.
    """

    __tablename__ = "launch_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_links.id"))
    is_instructor: Mapped[bool]
    locale: Mapped[str | None] = mapped_column(String(35))
    deep_linking: Mapped[dict[str, object] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
