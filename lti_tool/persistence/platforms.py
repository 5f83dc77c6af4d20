"""Platforms as this tool knows them: registrations, deployments, courses and their links."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, ExactDecimal, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Achievement


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
    One worker at a time looks for it or makes it, until ``claimed_until``.
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
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ToolKey(Base):
    """One of our signing keys; the private part is encrypted with the secret of the config."""

    __tablename__ = "tool_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default="current")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_registration(session: Session, issuer: str, client_id: str) -> Registration | None:
    """Return the registration of exactly this issuer and client id."""
    return session.scalar(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    )


def list_registrations(session: Session, issuer: str | None = None) -> list[Registration]:
    """Return all registrations, or those of one issuer."""
    query = select(Registration).order_by(Registration.id)
    if issuer is not None:
        query = query.where(Registration.issuer == issuer)
    return list(session.scalars(query))


def get_registration(session: Session, registration_id: int) -> Registration:
    """Return the registration with this internal id."""
    return session.get_one(Registration, registration_id)


def ensure_registration(
    session: Session, issuer: str, client_id: str, now: datetime, **fields: Any
) -> Registration:
    """Return the registration, made now if it is new, with ``fields`` set."""
    found = find_registration(session, issuer, client_id)
    if found is None:
        found = Registration(issuer=issuer, client_id=client_id, created_at=now)
        session.add(found)
    for name, value in fields.items():
        setattr(found, name, value)
    session.flush()
    return found


def find_deployment(
    session: Session, registration_id: int, deployment_id: str
) -> Deployment | None:
    """Return a deployment of this registration."""
    return session.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration_id,
            Deployment.deployment_id == deployment_id,
        )
    )


def get_deployment(session: Session, deployment_id: int) -> Deployment:
    """Return the deployment with this internal id."""
    return session.get_one(Deployment, deployment_id)


def ensure_deployment(
    session: Session,
    registration_id: int,
    deployment_id: str,
    now: datetime,
    *,
    institution_id: int | None = None,
    state: str = DeploymentState.PENDING,
) -> Deployment:
    """Return the deployment; a new one gets ``state``, and only a new one."""
    found = find_deployment(session, registration_id, deployment_id)
    if found is None:
        found = Deployment(
            registration_id=registration_id,
            deployment_id=deployment_id,
            institution_id=institution_id,
            state=state,
            created_at=now,
        )
        session.add(found)
        session.flush()
    return found


def ensure_context(
    session: Session, deployment_id: int, lti_context_id: str, now: datetime, **known: Any
) -> Context:
    """Return the course, made now if it is new.

    ``known`` are columns that this launch has told; None and empty values never erase what an
    earlier launch told (a deep linking launch often has no service claims).
    """
    insert_missing(
        session,
        Context,
        [
            {
                "uuid": uuid4(),
                "deployment_id": deployment_id,
                "lti_context_id": lti_context_id,
                "title": "",
                "grade_scopes": [],
                "created_at": now,
            }
        ],
        unique=("deployment_id", "lti_context_id"),
        returning=(Context.id,),
    )
    found = session.scalars(
        select(Context).where(
            Context.deployment_id == deployment_id, Context.lti_context_id == lti_context_id
        )
    ).one()
    for name, value in known.items():
        if value:
            setattr(found, name, value)
    session.flush()
    return found


def find_context(session: Session, uuid: UUID) -> Context | None:
    """Return the course with this uuid."""
    return session.scalar(select(Context).where(Context.uuid == uuid))


def get_context(session: Session, context_id: int) -> Context:
    """Return the course with this internal id."""
    return session.get_one(Context, context_id)


def get_context_registration(session: Session, context_id: int) -> Registration:
    """Return the registration through which a course is reached."""
    return session.scalars(
        select(Registration)
        .join(Deployment, Deployment.registration_id == Registration.id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    ).one()


def ensure_placement(
    session: Session, context_id: int, achievement_id: int, created_by: int, now: datetime
) -> Placement:
    """Return the placement of an achievement in a course, made now if it is new."""
    insert_missing(
        session,
        Placement,
        [
            {
                "uuid": uuid4(),
                "context_id": context_id,
                "achievement_id": achievement_id,
                "created_by": created_by,
                "created_at": now,
            }
        ],
        unique=("context_id", "achievement_id"),
        returning=(Placement.id,),
    )
    return session.scalars(
        select(Placement).where(
            Placement.context_id == context_id, Placement.achievement_id == achievement_id
        )
    ).one()


def get_placement(session: Session, placement_id: int) -> Placement:
    """Return the placement with this internal id."""
    return session.get_one(Placement, placement_id)


def find_placement(session: Session, context_id: int, uuid: UUID) -> Placement | None:
    """Return a placement of this course."""
    return session.scalar(
        select(Placement).where(Placement.context_id == context_id, Placement.uuid == uuid)
    )


def list_placed(session: Session, context_id: int) -> list[Achievement]:
    """Return the achievements that teachers placed in this course."""
    query = (
        select(Achievement)
        .join(Placement, Placement.achievement_id == Achievement.id)
        .where(Placement.context_id == context_id)
        .order_by(Placement.id)
    )
    return list(session.scalars(query))


def ensure_resource_link(
    session: Session,
    context_id: int,
    lti_resource_link_id: str,
    now: datetime,
    *,
    placement_id: int | None,
    title: str,
) -> ResourceLink:
    """Return the link, made now if it is new; a placement that is told is noted."""
    insert_missing(
        session,
        ResourceLink,
        [
            {
                "uuid": uuid4(),
                "context_id": context_id,
                "lti_resource_link_id": lti_resource_link_id,
                "title": title,
                "created_at": now,
            }
        ],
        unique=("context_id", "lti_resource_link_id"),
        returning=(ResourceLink.id,),
    )
    found = session.scalars(
        select(ResourceLink).where(
            ResourceLink.context_id == context_id,
            ResourceLink.lti_resource_link_id == lti_resource_link_id,
        )
    ).one()
    if placement_id is not None:
        found.placement_id = placement_id
    found.title = title or found.title
    session.flush()
    return found


def ensure_line_item(
    session: Session,
    context_id: int,
    achievement_id: int,
    now: datetime,
    *,
    url: str | None = None,
    resource_link_id: str | None = None,
) -> LineItem:
    """Return our note of a gradebook column, made now if it is new; what is told is noted."""
    insert_missing(
        session,
        LineItem,
        [
            {
                "context_id": context_id,
                "achievement_id": achievement_id,
                "resource_id": str(uuid4()),
                "created_at": now,
            }
        ],
        unique=("context_id", "achievement_id"),
        returning=(LineItem.id,),
    )
    found = session.scalars(
        select(LineItem).where(
            LineItem.context_id == context_id, LineItem.achievement_id == achievement_id
        )
    ).one()
    found.url = url or found.url
    found.resource_link_id = resource_link_id or found.resource_link_id
    session.flush()
    return found


def forget_line_item_url(session: Session, line_item_id: int) -> None:
    """Note that the column is not where it was."""
    session.get_one(LineItem, line_item_id).url = None


def list_tool_keys(session: Session) -> list[ToolKey]:
    """Return our keys, the newest first."""
    return list(session.scalars(select(ToolKey).order_by(ToolKey.id.desc())))


def add_tool_key(session: Session, kid: str, encrypted_private_key: bytes, now: datetime) -> None:
    """Store a new key of ours, encrypted already."""
    session.add(ToolKey(kid=kid, encrypted_private_key=encrypted_private_key, created_at=now))
    session.flush()


def get_institution_id(session: Session, context_id: int) -> int:
    """Return the institution a course belongs to; ``NotFoundError`` while nobody approved it."""
    found = session.scalar(
        select(Deployment.institution_id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    )
    if found is None:
        raise NotFoundError("This course belongs to no institution yet.")
    return found
