"""The LTI endpoints: login, launch and our public keys."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, redirect, request

from lti_tool.entering import SESSION_LIFE, LaunchAccepted
from lti_tool.errors import LTILaunchError, LTILoginError
from lti_tool.lti.login import browser_proof, hash_state
from lti_tool.services.accept_launch import accept_launch
from lti_tool.services.accept_login import LIFE as LOGIN_LIFE
from lti_tool.services.accept_login import accept_login
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public, session_cookie

blueprint = Blueprint("launch", __name__)

LOGIN_COOKIE_PREFIX = "__Host-quoin-login-"
MOST_LOGIN_COOKIES = 5
LARGEST_BODY = 256 * 1024
LOGINS_PER_MINUTE = 1000
"""Per client address and issuer; a campus comes from one address."""

KEYSET_CACHE = "public, max-age=3600"

login_limit = RateLimit(LOGINS_PER_MINUTE)


@blueprint.route("/lti/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """Answer a platform's login request with a redirect to its authorization endpoint."""
    parts = current_parts()
    now = parts.clock()
    _limit_body()
    issuer = request.values.get("iss", "")[:255]
    if not login_limit.allows(f"{request.remote_addr} {issuer}", now):
        raise LTILoginError("Too many logins from here. Wait a minute.", code="lti-too-many-logins")
    started = accept_login(
        parts.database, list(_fields()), public_url=parts.config.public_url, now=now
    )
    response = _go(started.url, 302)
    _drop_old_cookies(response)
    response.set_cookie(
        login_cookie(started.state),
        browser_proof(started.state, parts.config.secret_key),
        max_age=int(LOGIN_LIFE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return response


@blueprint.post("/lti/launch")
@public
def launch() -> Response:
    """Let a launch in and lead to the first page of the course (303: no token on reload)."""
    parts = current_parts()
    _limit_body()
    if request.mimetype != "application/x-www-form-urlencoded" or request.query_string:
        raise LTILaunchError("A launch is a posted form.", code="lti-launch-form")
    accepted = accept_launch(
        parts.database,
        parts.keysets,
        parts.config,
        list(_fields()),
        began_here=_began_here,
        now=parts.clock(),
    )
    response = _go(f"/courses/{accepted.context_uuid}/{accepted.landing}", 303)
    _set_session(response, accepted)
    used = login_cookie(request.form.get("state", ""))
    response.delete_cookie(used, secure=True, httponly=True, samesite="None", partitioned=True)
    return response


@blueprint.get("/lti/jwks")
@public
def keyset() -> Response:
    """Publish the public half of our keys."""
    published = current_parts().keyring.published()
    response = Response(published.body, mimetype="application/json")
    response.headers["Cache-Control"] = KEYSET_CACHE
    response.set_etag(published.etag)
    response.make_conditional(request)
    return response


def login_cookie(state: str) -> str:
    """Return the name of the cookie that binds a login to its browser."""
    return f"{LOGIN_COOKIE_PREFIX}{hash_state(state)[:12]}"


def _limit_body() -> None:
    """Let Werkzeug refuse larger bodies with 413, and a flood of fields."""
    request.max_content_length = LARGEST_BODY
    request.max_form_memory_size = LARGEST_BODY
    request.max_form_parts = 100


def _fields() -> Iterator[tuple[str, str]]:
    """Yield every parameter as it came, repeated ones too."""
    source = request.form if request.method == "POST" else request.args
    yield from source.items(multi=True)


def _go(url: str, status: int) -> Response:
    response = redirect(url, code=status, Response=Response)
    response.headers["Cache-Control"] = "no-store"
    assert isinstance(response, Response)  # noqa: S101 - for the type checker
    return response


def _began_here(state: str) -> bool:
    given = request.cookies.get(login_cookie(state), "")
    expected = browser_proof(state, current_parts().config.secret_key)
    return hmac.compare_digest(given.encode(), expected.encode())


def _drop_old_cookies(response: Response) -> None:
    """Cap the cookies of unfinished logins; browsers send the oldest first (RFC 6265, 5.4)."""
    held = [name for name in request.cookies if name.startswith(LOGIN_COOKIE_PREFIX)]
    for name in held[: max(0, len(held) - MOST_LOGIN_COOKIES + 1)]:
        response.delete_cookie(name, secure=True, httponly=True, samesite="None", partitioned=True)


def _set_session(response: Response, accepted: LaunchAccepted) -> None:
    response.set_cookie(
        session_cookie(accepted.context_uuid),
        accepted.session_token,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
