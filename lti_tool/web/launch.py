"""The LTI endpoints: login, launch and our public keys."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, request

from lti_tool.entering.held import HeldLaunch
from lti_tool.errors import LTILaunchError, LTILoginError
from lti_tool.lti.login import LONGEST_ID, browser_proof, hash_state
from lti_tool.services.accept_launch import accept_launch
from lti_tool.services.accept_login import LIFE as LOGIN_LIFE
from lti_tool.services.accept_login import LoginPostponed, accept_login
from lti_tool.web import finishing
from lti_tool.web.answers import first_page, go, limit_body, set_session
from lti_tool.web.cookies import delete_cookie, keeps_cookies, set_cookie
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public

blueprint = Blueprint("launch", __name__)

LOGIN_COOKIE_PREFIX = "__Host-quoin-login-"
MOST_LOGIN_COOKIES = 5
LOGINS_PER_MINUTE = 10_000
"""Per client address and issuer; a campus comes from one address."""

KEYSET_CACHE = "public, max-age=3600"

login_limit = RateLimit(LOGINS_PER_MINUTE)


@blueprint.route("/lti/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """Answer a platform's login request with the way to its authorization endpoint."""
    parts = current_parts()
    now = parts.clock()
    limit_body()
    fields = list(_fields())
    issuer = next((value for name, value in fields if name == "iss"), "")[:LONGEST_ID]
    if not login_limit.allows(f"{request.remote_addr} {issuer}", now):
        raise LTILoginError("Too many logins from here. Wait a minute.", code="lti-too-many-logins")
    started = accept_login(
        parts.database,
        fields,
        public_url=parts.config.public_url,
        now=now,
        needs_storage=finishing.is_framed() and not keeps_cookies(),
    )
    if isinstance(started, LoginPostponed):
        return finishing.check_cookies(started, fields)
    response = finishing.go_on(started)
    _drop_old_cookies(response)
    proof = browser_proof(started.state, parts.config.secret_key)
    set_cookie(response, login_cookie(started.state), proof, LOGIN_LIFE)
    return response


@blueprint.post("/lti/launch")
@public
def launch() -> Response:
    """Let a launch in and lead to the first page of the course (303: no token on reload).

    A launch whose login cookie did not come along is answered with a page that finishes it.
    """
    parts = current_parts()
    limit_body()
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
    if isinstance(accepted, HeldLaunch):
        return finishing.hold(accepted)
    response = go(first_page(accepted), 303)
    set_session(response, accepted)
    delete_cookie(response, login_cookie(request.form.get("state", "")))
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


def _fields() -> Iterator[tuple[str, str]]:
    """Yield every parameter as it came, repeated ones too."""
    source = request.form if request.method == "POST" else request.args
    yield from source.items(multi=True)


def _began_here(state: str) -> bool:
    given = request.cookies.get(login_cookie(state), "")
    expected = browser_proof(state, current_parts().config.secret_key)
    return hmac.compare_digest(given.encode(), expected.encode())


def _drop_old_cookies(response: Response) -> None:
    """Cap the cookies of unfinished logins; browsers send the oldest first (RFC 6265, 5.4)."""
    held = [name for name in request.cookies if name.startswith(LOGIN_COOKIE_PREFIX)]
    for name in held[: max(0, len(held) - MOST_LOGIN_COOKIES + 1)]:
        delete_cookie(response, name)
