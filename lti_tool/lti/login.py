"""The OIDC login: what a platform asks, and the authentication request we answer with."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.errors import LTILoginError
from lti_tool.lti.forms import Fields, single_fields
from lti_tool.lti.urls import LONGEST_URL, origin_of, split_url

LAUNCH_PATH = "/lti/launch"
LONGEST_ID = 255
LONGEST_HINT = 8192
LIMITS = {
    "iss": LONGEST_ID,
    "login_hint": LONGEST_HINT,
    "target_link_uri": LONGEST_URL,
    "client_id": LONGEST_ID,
    "lti_deployment_id": LONGEST_ID,
    "lti_message_hint": LONGEST_HINT,
    "lti_storage_target": LONGEST_ID,
}
REQUIRED = ("iss", "login_hint", "target_link_uri")

_FRAME_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """A third-party initiated login; the hints are opaque and go back as they came (V5).

    ``storage_target`` is the frame in which the platform keeps values for tools, if it does.
    """

    issuer: str
    login_hint: str
    target_link_uri: str
    client_id: str | None = None
    deployment_id: str | None = None
    message_hint: str | None = None
    storage_target: str | None = None

    def fields(self) -> dict[str, str]:
        """Return the parameters with which the same login can be begun again in a new tab.

        A tab of its own has no frame of the platform beside it, so the storage is left out.
        """
        named = {
            "iss": self.issuer,
            "login_hint": self.login_hint,
            "target_link_uri": self.target_link_uri,
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment_id,
            "lti_message_hint": self.message_hint,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """State and nonce of one login: independent, 256 bits each."""

    state: str
    nonce: str

    @classmethod
    def fresh(cls) -> LoginSecrets:
        """Make a pair."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def parse_login(fields: Fields, *, public_url: str) -> LoginRequest:
    """Check the form of a login request (V1, V3, V5); ``LTILoginError`` names what is wrong."""
    found = single_fields(fields, LIMITS, LTILoginError, "lti-login-form")
    for name in REQUIRED:
        if not found.get(name):
            raise LTILoginError(f"The login request has no '{name}'.", code="lti-login-form")
    if not is_launch_target(found["target_link_uri"], public_url):
        raise LTILoginError(
            "The login request names a target that is not the launch address of this tool: "
            f"{public_url}{LAUNCH_PATH}",
            code="lti-target",
        )
    return LoginRequest(
        issuer=found["iss"],
        login_hint=found["login_hint"],
        target_link_uri=found["target_link_uri"],
        client_id=found.get("client_id") or None,
        deployment_id=found.get("lti_deployment_id") or None,
        message_hint=found.get("lti_message_hint"),
        storage_target=_storage_target(found.get("lti_storage_target", "")),
    )


def _storage_target(name: str) -> str | None:
    """Return the name of a frame; an odd one counts as no offer, for nothing depends on it."""
    return name if _FRAME_NAME.fullmatch(name) else None


def is_launch_target(url: str, public_url: str) -> bool:
    """Return whether ``url`` is our launch address, with or without a query (V3)."""
    parts = split_url(url)
    if parts is None or origin_of(url) != origin_of(public_url):
        return False
    return parts.path == urlsplit(public_url).path + LAUNCH_PATH


def authentication_url(
    authorization_url: str,
    request: LoginRequest,
    *,
    client_id: str,
    public_url: str,
    secrets: LoginSecrets,
) -> str:
    """Return the address of the platform's authorization endpoint with our request."""
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": client_id,
        "redirect_uri": public_url + LAUNCH_PATH,
        "login_hint": request.login_hint,
        "state": secrets.state,
        "nonce": secrets.nonce,
    }
    if request.message_hint is not None:
        query["lti_message_hint"] = request.message_hint
    parts = urlsplit(authorization_url)
    merged = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return urlunsplit(parts._replace(query=merged))


def hash_state(state: str) -> str:
    """Return what the database keeps of a state."""
    return hashlib.sha256(state.encode()).hexdigest()


def storage_key(state: str) -> str:
    """Return the name under which a platform's storage keeps the proof of a login."""
    return f"quoin-login-{hash_state(state)[:12]}"


def browser_proof(state: str, secret_key: bytes) -> str:
    """Return the value, cookie or stored, by which a browser shows that it began this login.

    It cannot be made from a captured ``state`` without our secret.
    """
    return hmac.new(secret_key, b"quoin login cookie:" + state.encode(), hashlib.sha256).hexdigest()
