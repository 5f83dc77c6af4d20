"""Platforms as this tool knows them: registrations and their deployments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    Row,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.catalog import Institution

NOTED_EVERY = timedelta(minutes=1)


class DeploymentState(StrEnum):
    """Whether launches of a deployment are let in."""

    PENDING = "pending"
    APPROVED = "approved"
    REVOKED = "revoked"


class Standing(StrEnum):
    """Whether an institution and a platform work together now, and if not, who has to act."""

    OPEN = "open"
    PLATFORM_DISABLED = "platform-disabled"
    PENDING = "deployment-pending"
    REVOKED = "deployment-revoked"
    SUSPENDED = "institution-suspended"


class Registration(Base):
    """One platform under one client id; found by (issuer, client_id), never normalised.

    With ``allows_loopback`` it stands on this machine and may be spoken to over http.
    With ``approves_deployments`` a new deployment belongs to ``institution_id`` at once.
    ``granted_scopes`` is what the platform said it grants, None while it has not said.
    ``service_hosts`` are hosts (host or host:port) whose services may be called beside those
    of the addresses here; ``frame_origins`` are origins that may show our pages in a frame, beside
    the platform's own. ``disabled_reason`` is for people and goes with ``is_enabled``.
    With ``shares_identities`` its user ids are the same in all registrations of its issuer.
    """

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
    allows_loopback: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_enabled: Mapped[bool] = mapped_column(default=True)
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    product_family: Mapped[str] = mapped_column(String(20), default="generic")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    approves_deployments: Mapped[bool] = mapped_column(default=False)
    shares_identities: Mapped[bool] = mapped_column(default=False, server_default=false())
    granted_scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    service_hosts: Mapped[list[str]] = mapped_column(JSON, default=list)
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    configuration_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Deployment(Base):
    """One installation of the tool in a platform: the boundary between tenants.

    What the platform says of itself (``platform_guid``, ``platform_name``) is noted and never
    decides anything.
    ``notices_url`` is where notices of copied courses can be asked for; ``notices_answer`` is
    empty once the platform agreed, and otherwise says why it did not.
    """

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    deployment_id: Mapped[str] = mapped_column(String(255))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=DeploymentState.PENDING)
    platform_guid: Mapped[str | None] = mapped_column(String(255))
    platform_name: Mapped[str | None] = mapped_column(String(255))
    last_launch_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error_code: Mapped[str | None] = mapped_column(String(50))
    last_error_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    notices_url: Mapped[str | None] = mapped_column(Text)
    notices_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    notices_answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def standing_of(
    registration: Registration, deployment: Deployment, institution: Institution | None
) -> Standing:
    """Return whether launches are let in and services called through this deployment."""
    if not registration.is_enabled:
        return Standing.PLATFORM_DISABLED
    if deployment.state == DeploymentState.REVOKED:
        return Standing.REVOKED
    if deployment.state != DeploymentState.APPROVED or institution is None:
        return Standing.PENDING
    return Standing.OPEN if institution.suspended_at is None else Standing.SUSPENDED


def find_registration(session: Session, issuer: str, client_id: str) -> Registration | None:
    """Return the registration of exactly this issuer and client id."""
    return session.scalar(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    )


_REGISTRATION = select(Registration.__table__).where(
    Registration.__table__.c.issuer == bindparam("issuer"),
    Registration.__table__.c.client_id == bindparam("client_id"),
)


def read_registration(connection: Connection, issuer: str, client_id: str) -> Row[Any] | None:
    """Return what ``find_registration`` finds, as a plain row: launches only read it."""
    values = {"issuer": issuer, "client_id": client_id}
    return connection.execute(_REGISTRATION, values).one_or_none()


_OF_ISSUER = select(Registration.__table__).where(
    Registration.__table__.c.issuer == bindparam("issuer")
)


def read_registrations(connection: Connection, issuer: str) -> Sequence[Row[Any]]:
    """Return the registrations of an issuer as plain rows."""
    return connection.execute(_OF_ISSUER, {"issuer": issuer}).all()


def list_registrations(session: Session, issuer: str | None = None) -> list[Registration]:
    """Return all registrations, or those of one issuer."""
    query = select(Registration).order_by(Registration.id)
    if issuer is not None:
        query = query.where(Registration.issuer == issuer)
    return list(session.scalars(query))


def get_registration(session: Session, registration_id: int) -> Registration:
    """Return the registration with this internal id."""
    return session.get_one(Registration, registration_id)


def get_registration_by_uuid(session: Session, uuid: UUID) -> Registration:
    """Return the registration with this public id; ``NotFoundError`` otherwise."""
    found = session.scalar(select(Registration).where(Registration.uuid == uuid))
    if found is None:
        raise no_platform(uuid)
    return found


def no_platform(uuid: UUID) -> NotFoundError:
    """Return the error that says there is no such platform, or none for whoever asks."""
    return NotFoundError(f"There is no platform {uuid} here.")


def find_look_alike(session: Session, issuer: str, client_id: str) -> Registration | None:
    """Return a registration that differs from these ids in case or a slash alone (B10).

    Ids are compared exactly; two such registrations side by side would be a trap.
    """
    return session.scalar(
        select(Registration)
        .where(
            func.rtrim(func.lower(Registration.issuer), "/") == issuer.lower().rstrip("/"),
            func.lower(Registration.client_id) == client_id.lower(),
            or_(Registration.issuer != issuer, Registration.client_id != client_id),
        )
        .limit(1)
    )


def add_registration(session: Session, registration: Registration) -> None:
    """Store a new registration."""
    session.add(registration)
    session.flush()


def ensure_registration(
    session: Session,
    issuer: str,
    client_id: str,
    now: datetime,
    *,
    is_shared_at_first: bool = False,
    **fields: Any,
) -> Registration:
    """Return the registration, made now if it is new, with ``fields`` set.

    ``is_shared_at_first`` is the ``shares_identities`` of a new one, and of no other.
    """
    found = find_registration(session, issuer, client_id)
    if found is None:
        found = Registration(
            issuer=issuer,
            client_id=client_id,
            shares_identities=is_shared_at_first,
            created_at=now,
        )
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


def list_deployments(session: Session, registration_id: int) -> list[tuple[Deployment, str | None]]:
    """Return the deployments of a registration with the keys of their institutions."""
    query = (
        select(Deployment, Institution.key)
        .outerjoin(Institution, Deployment.institution_id == Institution.id)
        .where(Deployment.registration_id == registration_id)
        .order_by(Deployment.id)
    )
    return [(deployment, key) for deployment, key in session.execute(query)]


def get_deployment(session: Session, deployment_id: int) -> Deployment:
    """Return the deployment with this internal id."""
    return session.get_one(Deployment, deployment_id)


def find_institution_of(session: Session, deployment: Deployment) -> Institution | None:
    """Return the institution that a deployment belongs to, None while nobody approved it."""
    if deployment.institution_id is None:
        return None
    return session.get_one(Institution, deployment.institution_id)


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


def note_launch(deployment: Deployment, guid: str | None, name: str | None, now: datetime) -> bool:
    """Note that somebody came through a deployment, and what its platform says of itself.

    Returns whether that is another platform than the last one; what a launch does not tell
    (None) changes nothing.
    """
    known = (deployment.platform_guid, deployment.platform_name)
    told = (guid or known[0], name or known[1])
    if told != known:
        deployment.platform_guid, deployment.platform_name = told
    last = deployment.last_launch_at
    # A course that comes at once must not write the row each time.
    if last is None or now - last >= NOTED_EVERY:
        deployment.last_launch_at = now
    return told != known and any(known)


def note_launch_error(
    session: Session, registration_id: int, deployment_id: str, code: str, now: datetime
) -> None:
    """Note why a launch through a deployment, if it is known, was refused last."""
    session.execute(
        update(Deployment)
        .where(
            Deployment.registration_id == registration_id,
            Deployment.deployment_id == deployment_id,
        )
        .values(last_error_code=code, last_error_at=now)
    )


def approve_deployment_row(
    session: Session, registration_id: int, deployment_id: str, institution_id: int, now: datetime
) -> Deployment:
    """Let an installation in for an institution; it is noted now if it is new.

    ``ConflictError`` when it belongs to another institution: its courses would change hands.
    """
    deployment = ensure_deployment(session, registration_id, deployment_id, now)
    if deployment.institution_id not in (None, institution_id):
        raise ConflictError(
            f"The deployment {deployment_id} belongs to another institution already."
        )
    deployment.institution_id = institution_id
    deployment.state = DeploymentState.APPROVED
    session.flush()
    return deployment
