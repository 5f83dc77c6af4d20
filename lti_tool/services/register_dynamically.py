"""Use case: register a platform that came with our invitation (LTI Dynamic Registration 1.0)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import LTIRegistrationError
from lti_tool.invited import claimed
from lti_tool.lti.dynamic_registration import (
    RegistrationGranted,
    fetch_configuration,
    send_registration,
)
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.invitations import RegistrationRequest
from lti_tool.lti.platform_configuration import PlatformConfiguration, is_hosted_canvas
from lti_tool.lti.scopes import WantedScope, missing_scopes
from lti_tool.lti.urls import framing_origin, origins_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.invitations import Invitation, use_invitation
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import (
    Registration,
    add_registration,
    approve_deployment_row,
    find_look_alike,
    find_registration,
)


@dataclass(frozen=True, slots=True)
class DynamicallyRegistered:
    """The new registration, and what an administrator has to know of it.

    ``missing`` are scopes that were not granted; ``other_hosts`` are hosts that somebody has to
    confirm before anybody launches (the registration is disabled until then).
    """

    uuid: UUID
    name: str
    family: ProductFamily
    client_id: str
    deployment_id: str | None
    missing: tuple[WantedScope, ...]
    other_hosts: tuple[str, ...]
    approves_deployments: bool


def register_dynamically(
    database: Database,
    http: HTTPClient,
    code: str,
    request: RegistrationRequest,
    *,
    public_url: str,
    now: datetime,
) -> DynamicallyRegistered:
    """Read the platform's configuration, register there, and keep what came of it.

    Only success uses the invitation up. A registered (issuer, client id) is never changed by
    it (B39). ``LTIRegistrationError`` or ``LTIServiceError`` says why not and what to do.
    """
    with claimed(database, code, request, now) as invitation:
        configuration = fetch_configuration(
            http,
            request.openid_configuration,
            request.registration_token,
            allows_loopback=invitation.allows_loopback,
        )
        configuration = replace(configuration, family=_family(invitation, configuration))
        granted = send_registration(
            http,
            configuration,
            request.registration_token,
            public_url=public_url,
            allows_loopback=invitation.allows_loopback,
        )
        with database.writing() as session:
            return _keep(session, invitation, request, configuration, granted, now)


def _family(invitation: Invitation, configuration: PlatformConfiguration) -> ProductFamily:
    """Return what the invitation says, or else what the platform says of itself."""
    wanted, found = invitation.product_family, configuration.family
    if wanted not in (None, found) and found is not ProductFamily.GENERIC:
        raise LTIRegistrationError(
            f"This invitation is for {wanted}, and the configuration is one of {found}. Ask for "
            "an invitation for your LMS.",
            code="lti-registration-family",
        )
    return ProductFamily(wanted or found)


def _keep(
    session: Session,
    invitation: Invitation,
    request: RegistrationRequest,
    configuration: PlatformConfiguration,
    granted: RegistrationGranted,
    now: datetime,
) -> DynamicallyRegistered:
    lock_name(session, "registrations")
    _refuse_known(session, configuration.issuer, granted.client_id)
    registration = _add(session, invitation, request, configuration, granted, now)
    if granted.deployment_id is not None:
        approve_deployment_row(
            session, registration.id, granted.deployment_id, invitation.institution_id, now
        )
    use_invitation(session, invitation.id, registration.id, now)
    add_event(
        session,
        institution_id=invitation.institution_id,
        actor=f"invitation:{invitation.uuid}",
        action="platform-registered",
        subject=str(registration.uuid),
        detail={"deployments": int(granted.deployment_id is not None)},
        at=now,
    )
    return DynamicallyRegistered(
        uuid=registration.uuid,
        name=registration.name,
        family=ProductFamily(registration.product_family),
        client_id=granted.client_id,
        deployment_id=granted.deployment_id,
        missing=() if granted.scopes is None else missing_scopes(granted.scopes),
        other_hosts=configuration.other_hosts,
        approves_deployments=registration.approves_deployments,
    )


def _refuse_known(session: Session, issuer: str, client_id: str) -> None:
    if find_registration(session, issuer, client_id) is not None:
        raise LTIRegistrationError(
            "Your LMS named a client id that is registered here already. An invitation never "
            "changes a registration; ask whoever looks after this tool.",
            code="lti-registration-known",
        )
    if find_look_alike(session, issuer, client_id) is not None:
        raise LTIRegistrationError(
            "Your LMS is registered here under a name that differs in case or a slash alone. "
            "Ask whoever looks after this tool to look at it ('quoin platform list').",
            code="lti-registration-known",
        )


def _add(
    session: Session,
    invitation: Invitation,
    request: RegistrationRequest,
    configuration: PlatformConfiguration,
    granted: RegistrationGranted,
    now: datetime,
) -> Registration:
    registration = Registration(
        issuer=configuration.issuer,
        client_id=granted.client_id,
        name=configuration.name,
        authorization_url=configuration.authorization_url,
        token_url=configuration.token_url,
        token_audience=configuration.token_audience,
        jwks_url=configuration.jwks_url,
        is_enabled=not configuration.other_hosts,
        disabled_reason=_reason(configuration),
        allows_loopback=invitation.allows_loopback,
        product_family=configuration.family,
        institution_id=invitation.institution_id,
        approves_deployments=invitation.approves_deployments,
        granted_scopes=None if granted.scopes is None else list(granted.scopes),
        configuration_url=request.openid_configuration,
        # Hosted Canvas: services are at the account's own host. Nobody launches before
        # somebody has confirmed these hosts.
        service_hosts=list(configuration.other_hosts),
        frame_origins=_frame_origins(request, configuration),
        created_at=now,
    )
    add_registration(session, registration)
    return registration


def _frame_origins(request: RegistrationRequest, configuration: PlatformConfiguration) -> list[str]:
    """Return where hosted Canvas shows our pages: in the account's own host, never its issuer's.

    It is the page from which the account's administrator opened the invitation.
    """
    origin = framing_origin(request.opened_from)
    if origin is None or not is_hosted_canvas(configuration.issuer):
        return []
    known = origins_of((configuration.issuer, configuration.authorization_url))
    return [] if origin in known else [origin]


def _reason(configuration: PlatformConfiguration) -> str | None:
    if not configuration.other_hosts:
        return None
    return (
        f"Its addresses are at {', '.join(configuration.other_hosts)}, another host than its "
        "issuer's. Somebody has to look at them and confirm them by enabling it."
    )
