"""Use case: register a platform by hand, and approve its deployments for an institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.lti.urls import is_secure
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, get_institution
from lti_tool.persistence.platforms import (
    DeploymentState,
    Registration,
    ensure_deployment,
    ensure_registration,
    list_registrations,
)

LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class PlatformDetails:
    """What an administrator enters of a platform; ids count exactly as they are written."""

    issuer: str
    client_id: str
    name: str
    authorization_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    allows_loopback: bool = False


@dataclass(frozen=True, slots=True)
class PlatformRegistered:
    """The registration and how many deployments of it are approved by this act."""

    uuid: UUID
    deployments: int


def register_platform(
    database: Database,
    institution_key: str,
    details: PlatformDetails,
    deployment_ids: Sequence[str],
    *,
    actor: str,
    now: datetime,
) -> PlatformRegistered:
    """Register a platform, or enter its new addresses, and approve ``deployment_ids``.

    ``InvalidInputError`` names a wrong field; ``ConflictError`` when a registration exists
    whose issuer and client id look the same without being the same, or when a deployment
    belongs to another institution.
    """
    _check(details, deployment_ids)
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        _refuse_look_alikes(session, details)
        registration = ensure_registration(
            session,
            details.issuer,
            details.client_id,
            now,
            name=details.name,
            authorization_url=details.authorization_url,
            token_url=details.token_url,
            token_audience=details.token_audience,
            jwks_url=details.jwks_url,
            allows_loopback=details.allows_loopback,
        )
        for deployment_id in deployment_ids:
            _approve(session, registration, institution, deployment_id, now)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="platform-registered",
            subject=str(registration.uuid),
            detail={"deployments": len(deployment_ids)},
            at=now,
        )
        return PlatformRegistered(registration.uuid, len(deployment_ids))


def _check(details: PlatformDetails, deployment_ids: Sequence[str]) -> None:
    ids = [("issuer", details.issuer), ("client_id", details.client_id)]
    for field, value in [*ids, *(("deployment_id", value) for value in deployment_ids)]:
        if not value or len(value) > LONGEST_ID or not value.isascii() or not value.isprintable():
            raise InvalidInputError(
                f"The {field} must be 1 to {LONGEST_ID} ASCII characters.", field=field
            )
    for field in ("authorization_url", "token_url", "jwks_url"):
        if not is_secure(getattr(details, field), allows_loopback=details.allows_loopback):
            raise InvalidInputError(
                f"The {field} must begin with https:// (for a platform on this machine, "
                "--allow-loopback lets it be http).",
                field=field,
            )


def _refuse_look_alikes(session: Session, details: PlatformDetails) -> None:
    """Ids are compared exactly; two that differ in case or a slash are a trap (B10)."""
    wanted = (details.issuer, details.client_id)
    for known in list_registrations(session):
        have = (known.issuer, known.client_id)
        if have != wanted and _blurred(*have) == _blurred(*wanted):
            raise ConflictError(
                f"A platform with the issuer {known.issuer} and the client id "
                f"{known.client_id} is registered already; they differ only in case or a slash."
            )


def _blurred(issuer: str, client_id: str) -> tuple[str, str]:
    return issuer.rstrip("/").lower(), client_id.lower()


def _approve(
    session: Session,
    registration: Registration,
    institution: Institution,
    deployment_id: str,
    now: datetime,
) -> None:
    deployment = ensure_deployment(session, registration.id, deployment_id, now)
    if deployment.institution_id not in (None, institution.id):
        raise ConflictError(
            f"The deployment {deployment_id} belongs to another institution already."
        )
    deployment.institution_id = institution.id
    deployment.state = DeploymentState.APPROVED
