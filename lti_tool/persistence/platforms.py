"""Platforms as this tool knows them: registrations, deployments, courses and their links."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime


class DeploymentState(StrEnum):
    """Whether launches of a deployment are let in."""

    PENDING = "pending"
    APPROVED = "approved"
    REVOKED = "revoked"


class Registration(Base):
    """One platform under one client id; found by (issuer, client_id), never normalised."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    issuer: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    authorization_url: Mapped[str] = mapped_column(Text)
    token_url: Mapped[str] = mapped_column(Text)
    token_audience: Mapped[str | None] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Deployment(Base):
    """One installation of the tool in a platform: the boundary between tenants."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    deployment_id: Mapped[str] = mapped_column(String(255))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=DeploymentState.PENDING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Context(Base):
    """A course of a deployment, with the services its launches have offered."""

    __tablename__ = "contexts"
    __table_args__ = (UniqueConstraint("deployment_id", "lti_context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    lti_context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255), default="")
    line_items_url: Mapped[str | None] = mapped_column(Text)
    grade_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    memberships_url: Mapped[str | None] = mapped_column(Text)
    roster_synced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Placement(Base):
    """A teacher's choice of an achievement for a course; its uuid travels in ``custom``.

    There is at most one per course and achievement, so that a deep linking reply that is sent
    twice makes one gradebook column.
    """

    __tablename__ = "placements"
    __table_args__ = (UniqueConstraint("context_id", "achievement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResourceLink(Base):
    """A link to the tool inside a course; bound to a placement when it was deep-linked."""

    __tablename__ = "resource_links"
    __table_args__ = (UniqueConstraint("context_id", "lti_resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    lti_resource_link_id: Mapped[str] = mapped_column(String(255))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"))
    title: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LineItem(Base):
    """The gradebook column of an achievement in a course; ``url`` is known once it was found.

    At the platform it is recognised by ``resource_id`` (our uuid as text) and the tag "quoin".
    """

    __tablename__ = "line_items"
    __table_args__ = (UniqueConstraint("context_id", "achievement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    resource_id: Mapped[str] = mapped_column(String(255))
    resource_link_id: Mapped[str | None] = mapped_column(String(255))
    score_maximum: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(100))
    url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ToolKey(Base):
    """One of our signing keys; the private part is encrypted with the secret of the config."""

    __tablename__ = "tool_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default="current")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
