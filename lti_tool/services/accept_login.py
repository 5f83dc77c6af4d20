"""Use case: answer a platform's login request with an authentication request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from lti_tool.errors import LTILoginError
from lti_tool.lti.forms import Fields
from lti_tool.lti.login import (
    LoginRequest,
    LoginSecrets,
    authentication_url,
    hash_state,
    parse_login,
)
from lti_tool.lti.registrations import platform_urls_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import read_registration, read_registrations
from lti_tool.persistence.sessions import add_login

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LoginStarted:
    """Where the browser goes next, and the state that binds the login to it.

    ``storage_target`` is the frame in which the platform keeps values for tools, if it does.
    """

    url: str
    state: str
    storage_target: str | None
    platform_urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoginPostponed:
    """A login in order that was not begun: the platform's hints are still unused."""

    restart: dict[str, str]
    platform_urls: tuple[str, ...]


def accept_login(
    database: Database,
    fields: Fields,
    *,
    public_url: str,
    now: datetime,
    needs_storage: bool = False,
) -> LoginStarted | LoginPostponed:
    """Start a login that lasts ten minutes; ``LTILoginError`` refuses it (V1-V5).

    ``fields`` are the parameters as they came, repeated ones included. A browser that
    ``needs_storage`` has not shown that it keeps cookies: its login is only begun where the
    platform offers storage.
    """
    request = parse_login(fields, public_url=public_url)
    secrets = LoginSecrets.fresh()
    with database.committing() as connection:
        registration = _choose(connection, request)
        platform_urls = platform_urls_of(registration)
        if needs_storage and request.storage_target is None:
            return LoginPostponed(request.fields(), platform_urls)
        add_login(
            connection,
            state_hash=hash_state(secrets.state),
            nonce=secrets.nonce,
            registration_id=registration.id,
            target_link_uri=request.target_link_uri,
            lti_deployment_id=request.deployment_id,
            login_hint=request.login_hint,
            message_hint=request.message_hint,
            storage_target=request.storage_target,
            expires_at=now + LIFE,
        )
    url = authentication_url(
        registration.authorization_url,
        request,
        client_id=registration.client_id,
        public_url=public_url,
        secrets=secrets,
    )
    return LoginStarted(url, secrets.state, request.storage_target, platform_urls)


def _choose(connection: Connection, request: LoginRequest) -> Row[Any]:
    """Return the one registration that is meant (V2)."""
    if request.client_id is not None:
        found = read_registration(connection, request.issuer, request.client_id)
    else:
        candidates = read_registrations(connection, request.issuer)
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
