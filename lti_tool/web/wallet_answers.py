"""What the endpoints for wallets have in common: JSON, errors of their protocols, CORS, limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from lti_tool.errors import InvalidInputError, OAuthError, QuoinError
from lti_tool.strict_json import StrictJSONError, parse_object
from lti_tool.web import problems
from lti_tool.web.errors import TITLES, status_of
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import BEARER

LARGEST_BODY = 64 * 1024
TOO_MANY, UNAUTHORIZED = 429, 401
REALM = 'realm="wallets"'


def open_to_wallets(blueprint: Blueprint) -> None:
    """Let apps and pages of any site call the routes of a blueprint, and read its errors.

    No cookie counts there: what is asked for needs a secret of its own, in a header or address.
    """
    blueprint.after_request(_allow_any_origin)
    blueprint.register_error_handler(OAuthError, on_oauth_error)
    blueprint.register_error_handler(QuoinError, _on_error)


def _allow_any_origin(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "Link, X-Total-Count, WWW-Authenticate"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, POST")
        headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        headers["Access-Control-Max-Age"] = "600"
    return response


def on_oauth_error(error: OAuthError) -> Response:
    """Answer as OAuth 2.0 and its relatives do (RFC 6749, 5.2; RFC 6750, 3)."""
    g.error_code = error.code
    answer = jsonify(error=error.code, error_description=error.message)
    answer.status_code = error.status
    if error.status == UNAUTHORIZED and error.code == "invalid_client":
        answer.headers["WWW-Authenticate"] = f"Basic {REALM}"
    elif error.status in (UNAUTHORIZED, 403):
        answer.headers["WWW-Authenticate"] = f'Bearer {REALM}, error="{error.code}"'
    return answer


def _on_error(error: QuoinError) -> Response:
    status = status_of(error)
    g.error_code = error.code
    title = TITLES.get(status, "This did not work")
    return problems.problem(status, code=error.code, title=title, detail=error.message)


def check_limit(limit: RateLimit) -> None:
    """Refuse whoever asks too often; ``OAuthError`` with status 429."""
    if not limit.allows(str(request.remote_addr), current_parts().clock()):
        raise OAuthError(
            "Too many requests from here. Wait a minute.", code="slow_down", status=TOO_MANY
        )


def bearer() -> str | None:
    """Return the token of the Authorization header; None without one."""
    header = request.headers.get("Authorization", "")
    # Schemes are written in any case (RFC 9110, 11.1).
    if header[: len(BEARER)].lower() != BEARER.lower():
        return None
    return header[len(BEARER) :].strip()


def required_bearer() -> str:
    """Return the token of the Authorization header; ``OAuthError`` (401) without one."""
    found = bearer()
    if not found:
        raise OAuthError(
            "Send an access token in the Authorization header.",
            code="invalid_token",
            status=UNAUTHORIZED,
        )
    return found


def json_body(*, is_optional: bool = False) -> dict[str, Any]:
    """Return the members of the body, read strictly; ``InvalidInputError`` for anything else."""
    request.max_content_length = LARGEST_BODY
    raw = request.get_data(cache=False)
    if is_optional and not raw.strip():
        return {}
    try:
        return parse_object(raw, max_bytes=LARGEST_BODY)
    except StrictJSONError as error:
        raise InvalidInputError(f"The body cannot be read: {error}.") from None


def form_field(name: str, *, longest: int = 2048) -> str:
    """Return a field of the form, which stands there once at most; ``OAuthError`` otherwise."""
    values = request.form.getlist(name)
    if len(values) > 1 or any(len(value) > longest for value in values):
        raise OAuthError(f"'{name}' stands there twice, or is too long.", code="invalid_request")
    return values[0] if values else ""
