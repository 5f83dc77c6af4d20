"""What the Open Badges 3.0 API says: its service description, pages of credentials, errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.errors import InvalidInputError
from lti_tool.wallet_protocols.oauth import CREDENTIALS, OFFLINE, PROFILE, SCOPES

BASE = "/ims/ob/v3p0"
OAUTH = f"{BASE}/oauth"
MOST_CREDENTIALS = 50
"""Of one page: each may have to be signed as a JWT first."""

LARGEST_OFFSET = 1_000_000


def service_description(public_url: str) -> dict[str, Any]:
    """Return the service description document: what can be called here, and with which scopes.

    Writing is not in it: this tool shows what it issued, and takes in what others issued after
    a look of its own.
    """
    return {
        "openapi": "3.0.1",
        "info": {
            "title": "Quoin: Open Badges 3.0 of this institution",
            "version": "3.0",
            "termsOfService": f"{public_url}/",
            "x-imssf-privacyPolicyUrl": f"{public_url}/",
            "x-imssf-image": f"{public_url}/static/mark.svg",
        },
        "servers": [{"url": f"{public_url}{BASE}"}],
        "components": {
            "securitySchemes": {
                "OAuth2ACG": {
                    "type": "oauth2",
                    "description": "OAuth 2.0 authorization code with PKCE (S256)",
                    "x-imssf-registrationUrl": f"{public_url}{OAUTH}/register",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": f"{public_url}{OAUTH}/authorize",
                            "tokenUrl": f"{public_url}{OAUTH}/token",
                            "refreshUrl": f"{public_url}{OAUTH}/token",
                            "scopes": SCOPES,
                        }
                    },
                }
            }
        },
        "paths": {
            "/credentials": {"get": _operation("getCredentials", CREDENTIALS)},
            "/profile": {"get": _operation("getProfile", PROFILE)},
        },
    }


def _operation(name: str, scope: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "security": [{"OAuth2ACG": [scope]}],
        "responses": {"200": {"description": "What was asked for"}},
    }


def server_metadata(public_url: str) -> dict[str, Any]:
    """Return where the OAuth endpoints are, and what they take (RFC 8414)."""
    return {
        "issuer": f"{public_url}{BASE}",
        "authorization_endpoint": f"{public_url}{OAUTH}/authorize",
        "token_endpoint": f"{public_url}{OAUTH}/token",
        "registration_endpoint": f"{public_url}{OAUTH}/register",
        "revocation_endpoint": f"{public_url}{OAUTH}/revoke",
        "scopes_supported": [CREDENTIALS, PROFILE, OFFLINE],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "authorization_response_iss_parameter_supported": True,
    }


def read_page(query: Mapping[str, str]) -> tuple[int, int, datetime | None]:
    """Return limit, offset and ``since`` of a query; ``InvalidInputError`` for odd ones."""
    limit = _number(query, "limit", MOST_CREDENTIALS, least=1)
    offset = _number(query, "offset", 0, least=0)
    text = query.get("since")
    if text is None:
        return min(limit, MOST_CREDENTIALS), offset, None
    try:
        # A plus sign that was not escaped arrives as a space.
        since = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise InvalidInputError("'since' must be an ISO 8601 time.", field="since") from None
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return min(limit, MOST_CREDENTIALS), offset, since


def _number(query: Mapping[str, str], name: str, usual: int, *, least: int) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) >= least):
        raise InvalidInputError(f"'{name}' must be a whole number from {least} on.", field=name)
    return min(int(text), LARGEST_OFFSET)


def page_links(
    public_url: str, *, limit: int, offset: int, since: datetime | None, total: int
) -> str:
    """Return the Link header of a page: first, last, next and prev (RFC 8288)."""
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, offset - limit)
    extra = {} if since is None else {"since": since.isoformat()}
    return ", ".join(
        f"<{public_url}{BASE}/credentials?"
        f'{urlencode({"limit": limit, "offset": place, **extra})}>; rel="{name}"'
        for name, place in places.items()
    )


def learner_profile(uuid: UUID, name: str | None) -> dict[str, Any]:
    """Return a learner as an Open Badges Profile: the id of their credentials, and a name."""
    profile = {"@context": [VC, OPEN_BADGES], "id": f"urn:uuid:{uuid}", "type": ["Profile"]}
    return profile if name is None else {**profile, "name": name}


def failure(words: str, minor: str) -> dict[str, Any]:
    """Return an error as the API of 1EdTech writes it (imsx_StatusInfo)."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": words,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": minor,
                }
            ]
        },
    }
