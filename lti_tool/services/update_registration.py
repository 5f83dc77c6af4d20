"""Use case: a platform that is registered already updates its registration by our invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import LTIRegistrationError
from lti_tool.invited import claimed
from lti_tool.lti.dynamic_registration import (
    RegistrationGranted,
    fetch_configuration,
    read_client_id,
    send_registration,
)
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.invitations import RegistrationRequest
from lti_tool.lti.platform_configuration import PlatformConfiguration
from lti_tool.lti.scopes import WantedScope, missing_scopes
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.invitations import (
    Invitation,
    get_updated_registration,
    use_invitation,
)
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import Registration


@dataclass(frozen=True, slots=True)
class RegistrationUpdated:
    """The registration and what the platform grants now; ``missing`` are scopes that it does not.

    ``changed`` are the fields of the registration that have other values than before.
    """

    uuid: UUID
    name: str
    family: ProductFamily
    client_id: str
    missing: tuple[WantedScope, ...]
    changed: tuple[str, ...]


def update_registration(
    database: Database,
    http: HTTPClient,
    code: str,
    request: RegistrationRequest,
    *,
    public_url: str,
    now: datetime,
) -> RegistrationUpdated:
    """Send our document as it is today, and keep the platform's addresses and grants of today.

    Only the registration of the invitation is changed, which an administrator chose (B39);
    issuer, client id, deployments and whatever is decided here stay. Only success uses the
    invitation up. ``LTIRegistrationError`` or ``LTIServiceError`` says why not and what to do.
    """
    with claimed(database, code, request, now, is_update=True) as invitation:
        with database.reading() as session:
            registration = get_updated_registration(session, invitation.id)
        token, allows_loopback = request.registration_token, registration.allows_loopback
        configuration = fetch_configuration(
            http, request.openid_configuration, token, allows_loopback=allows_loopback
        )
        # Asked before anything is sent: a token for a new tool would make one.
        found = read_client_id(http, configuration, token, allows_loopback=allows_loopback)
        if (configuration.issuer, found) != (registration.issuer, registration.client_id):
            raise _other(registration)
        granted = send_registration(
            http, configuration, token, public_url=public_url, allows_loopback=allows_loopback
        )
        if granted.client_id != registration.client_id:
            raise _other(registration)
        return _keep(database, invitation, request, configuration, granted, now)


def _other(registration: Registration) -> LTIRegistrationError:
    return LTIRegistrationError(
        f"This invitation updates {registration.name} with the client id "
        f"{registration.client_id}, and nothing else. Start in that LMS again, and choose there "
        "to update this tool, not to add a new one.",
        code="lti-registration-other",
    )


def _keep(
    database: Database,
    invitation: Invitation,
    request: RegistrationRequest,
    configuration: PlatformConfiguration,
    granted: RegistrationGranted,
    now: datetime,
) -> RegistrationUpdated:
    with database.writing() as session:
        lock_name(session, "registrations")
        registration = get_updated_registration(session, invitation.id)
        changed = _enter(registration, request, configuration, granted)
        use_invitation(session, invitation.id, registration.id, now)
        add_event(
            session,
            institution_id=invitation.institution_id,
            actor=f"invitation:{invitation.uuid}",
            action="platform-updated",
            subject=str(registration.uuid),
            detail={"fields": list(changed)},
            at=now,
        )
        return RegistrationUpdated(
            uuid=registration.uuid,
            name=registration.name,
            family=ProductFamily(registration.product_family),
            client_id=registration.client_id,
            missing=() if granted.scopes is None else missing_scopes(granted.scopes),
            changed=changed,
        )


def _enter(
    registration: Registration,
    request: RegistrationRequest,
    configuration: PlatformConfiguration,
    granted: RegistrationGranted,
) -> tuple[str, ...]:
    """Enter what the platform says today; return the names of what is other than before."""
    values = {
        "authorization_url": configuration.authorization_url,
        "token_url": configuration.token_url,
        "token_audience": configuration.token_audience,
        "jwks_url": configuration.jwks_url,
        "configuration_url": request.openid_configuration,
        "granted_scopes": None if granted.scopes is None else list(granted.scopes),
    }
    changed = [name for name, value in values.items() if getattr(registration, name) != value]
    for name in changed:
        setattr(registration, name, values[name])
    return tuple(changed)
