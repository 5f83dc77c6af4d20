"""Use case: register a platform by hand, and approve its deployments for an institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.administering import may_change
from lti_tool.errors import ConflictError, ForbiddenError
from lti_tool.lti.platform_details import PlatformDetails, check_details, check_id
from lti_tool.lti.platforms import shares_identities
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import (
    approve_deployment_row,
    ensure_registration,
    find_look_alike,
    find_registration,
)

__all__ = ["PlatformDetails", "PlatformRegistered", "register_platform"]


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
    within: int | None = None,
) -> PlatformRegistered:
    """Register a platform, or enter its new addresses, and approve ``deployment_ids``.

    ``within`` is the institution of an administrator who registers for no other (internal id).
    ``InvalidInputError`` names a wrong field; ``ConflictError`` when a registration exists
    whose issuer and client id look the same without being the same, when a deployment belongs
    to another institution, or (``within``) when others have registered this platform already.
    """
    _check(details, deployment_ids)
    with database.writing() as session:
        lock_name(session, "registrations")
        institution = get_institution(session, institution_key)
        if within not in (None, institution.id):
            raise ForbiddenError("Register platforms for your own institution.")
        _refuse_look_alikes(session, details)
        _refuse_foreign(session, details, within)
        registration = ensure_registration(
            session,
            details.issuer,
            details.client_id,
            now,
            is_shared_at_first=shares_identities(details.family),
            name=details.name,
            authorization_url=details.authorization_url,
            token_url=details.token_url,
            token_audience=details.token_audience,
            jwks_url=details.jwks_url,
            allows_loopback=details.allows_loopback,
            **({} if details.family is None else {"product_family": details.family}),
        )
        if registration.institution_id is None:
            registration.institution_id = institution.id
        for deployment_id in deployment_ids:
            approve_deployment_row(session, registration.id, deployment_id, institution.id, now)
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
    check_details(details)
    for deployment_id in deployment_ids:
        check_id("deployment_id", deployment_id)


def _refuse_look_alikes(session: Session, details: PlatformDetails) -> None:
    known = find_look_alike(session, details.issuer, details.client_id)
    if known is not None:
        raise ConflictError(
            f"A platform with the issuer {known.issuer} and the client id {known.client_id} is "
            "registered already; they differ only in case or a slash."
        )


def _refuse_foreign(session: Session, details: PlatformDetails, within: int | None) -> None:
    known = find_registration(session, details.issuer, details.client_id)
    if known is not None and not may_change(session, known, within):
        raise ConflictError(
            "This issuer and client id are registered already, and other institutions use them. "
            "Ask whoever looks after the whole tool."
        )
