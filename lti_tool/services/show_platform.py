"""Use case: show an operator all that is known of one registration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.administering import get_platform, list_own_deployments, may_change
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.platforms import Deployment, Registration


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One installation: its state, whose it is, and what was last seen of it."""

    deployment_id: str
    state: str
    institution: str | None
    platform_guid: str | None
    platform_name: str | None
    last_launch_at: datetime | None
    last_error_code: str | None
    last_error_at: datetime | None

    @property
    def is_refused(self) -> bool:
        """Return whether launches were refused, and nobody has come in since."""
        if self.last_error_at is None:
            return False
        return self.last_launch_at is None or self.last_launch_at <= self.last_error_at


@dataclass(frozen=True, slots=True)
class PlatformView:
    """One registration; ``institution`` is the key of the one that new deployments go to.

    ``is_changeable`` says whether whoever asked may change it.
    """

    uuid: UUID
    name: str
    issuer: str
    client_id: str
    family: str
    authorization_url: str
    token_url: str
    token_audience: str
    jwks_url: str
    configuration_url: str | None
    is_enabled: bool
    disabled_reason: str | None
    institution: str | None
    approves_deployments: bool
    allows_loopback: bool
    shares_identities: bool
    granted_scopes: tuple[str, ...] | None
    service_hosts: tuple[str, ...]
    frame_origins: tuple[str, ...]
    created_at: datetime
    is_changeable: bool
    deployments: tuple[DeploymentView, ...]


def show_platform(database: Database, platform: UUID, *, within: int | None = None) -> PlatformView:
    """Return a registration with its deployments; ``NotFoundError`` for an unknown one.

    ``within`` is the institution of an administrator who sees no other (internal id).
    """
    with database.reading() as session:
        registration = get_platform(session, platform, within)
        deployments = list_own_deployments(session, registration, within)
        return PlatformView(
            uuid=registration.uuid,
            name=registration.name,
            issuer=registration.issuer,
            client_id=registration.client_id,
            family=registration.product_family,
            authorization_url=registration.authorization_url,
            token_url=registration.token_url,
            token_audience=registration.token_audience or registration.token_url,
            jwks_url=registration.jwks_url,
            configuration_url=registration.configuration_url,
            is_enabled=registration.is_enabled,
            disabled_reason=registration.disabled_reason,
            institution=_institution_key(session, registration, within),
            approves_deployments=registration.approves_deployments,
            allows_loopback=registration.allows_loopback,
            shares_identities=registration.shares_identities,
            granted_scopes=(
                None if registration.granted_scopes is None else tuple(registration.granted_scopes)
            ),
            service_hosts=tuple(registration.service_hosts),
            frame_origins=tuple(registration.frame_origins),
            created_at=registration.created_at,
            is_changeable=may_change(session, registration, within),
            deployments=tuple(_deployment(row, key) for row, key in deployments),
        )


def _institution_key(
    session: Session, registration: Registration, within: int | None
) -> str | None:
    if registration.institution_id is None or within not in (None, registration.institution_id):
        return None
    return get_institution_by_id(session, registration.institution_id).key


def _deployment(row: Deployment, institution: str | None) -> DeploymentView:
    return DeploymentView(
        deployment_id=row.deployment_id,
        state=row.state,
        institution=institution,
        platform_guid=row.platform_guid,
        platform_name=row.platform_name,
        last_launch_at=row.last_launch_at,
        last_error_code=row.last_error_code,
        last_error_at=row.last_error_at,
    )
