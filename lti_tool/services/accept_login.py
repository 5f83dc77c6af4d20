"""Use case: answer a platform's login request with an authentication request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.errors import LTILoginError
from lti_tool.lti.forms import Fields
from lti_tool.lti.login import (
    LoginRequest,
    LoginSecrets,
    authentication_url,
    hash_state,
    parse_login,
)
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import Registration, find_registration, list_registrations
from lti_tool.persistence.sessions import Login, add_login, delete_expired

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LoginStarted:
    """Where the browser goes next, and the state that binds the login to it."""

    url: str
    state: str


def accept_login(
    database: Database, fields: Fields, *, public_url: str, now: datetime
) -> LoginStarted:
    """Start a login that lasts ten minutes; ``LTILoginError`` refuses it (V1-V5).

    ``fields`` are the parameters as they came, repeated ones included.
    """
    request = parse_login(fields, public_url=public_url)
    secrets = LoginSecrets.fresh()
    with database.writing() as session:
        registration = _choose(session, request)
        delete_expired(session, now)
        add_login(
            session,
            Login(
                state_hash=hash_state(secrets.state),
                nonce=secrets.nonce,
                registration_id=registration.id,
                target_link_uri=request.target_link_uri,
                lti_deployment_id=request.deployment_id,
                expires_at=now + LIFE,
            ),
        )
    url = authentication_url(
        registration.authorization_url,
        request,
        client_id=registration.client_id,
        public_url=public_url,
        secrets=secrets,
    )
    return LoginStarted(url, secrets.state)


def _choose(session: Session, request: LoginRequest) -> Registration:
    """Return the one registration that is meant (V2)."""
    if request.client_id is not None:
        found = find_registration(session, request.issuer, request.client_id)
    else:
        candidates = list_registrations(session, request.issuer)
        if len(candidates) > 1:
            raise LTILoginError(
                "Your platform is registered more than once; its login request has to name "
                "which one with 'client_id'.",
                code="lti-client-id-missing",
            )
        found = candidates[0] if candidates else None
    if found is None:
        raise LTILoginError(
            "Your platform is not registered with this tool, or not under this client id. "
            "Ask the administrator to register it.",
            code="lti-unknown-platform",
        )
    if not found.is_enabled:
        raise LTILoginError(
            "Launches from your platform are switched off here.", code="lti-platform-disabled"
        )
    return found
