"""The practice LMS as a Flask application: the only place where its parts are wired together."""

import ipaddress
from urllib.parse import urlsplit

import flask
from lti1p3platform.exceptions import LtiServiceException
from werkzeug.exceptions import HTTPException

from demo_lms import (
    ags,
    bad_launches,
    controls_page,
    course_copy,
    deep_linking,
    door,
    dynamic_registration,
    fault_page,
    grade_pages,
    notices,
    nrps,
    oidc,
    other_launches,
    pages,
    quiz_pages,
    state,
    storage,
    tokens,
    tool_admin,
    web_service_admin,
    web_services,
)
from demo_lms.fault_strikes import FaultyAnswers, strike_after, strike_before
from demo_lms.flask_adapter import refuse_service
from demo_lms.lms import current_lms, open_lms
from demo_lms.settings import Settings, origin

PARTS = (
    door,
    pages,
    grade_pages,
    quiz_pages,
    course_copy,
    oidc,
    other_launches,
    storage,
    tokens,
    ags,
    nrps,
    notices,
    deep_linking,
    dynamic_registration,
    tool_admin,
    web_service_admin,
    web_services,
    state,
    controls_page,
    fault_page,
    bad_launches,
)
LARGEST_BODY = 1024 * 1024
LOOPBACK_ONLY = ("bad_launches", "controls", "faults", "local_course_copy", "state")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def create_lms(settings: Settings) -> flask.Flask:
    """The LMS as an application; opens the database and makes on the first run what is missing."""
    lms = open_lms(settings)
    app = flask.Flask(__name__)
    app.extensions["lms"] = lms
    app.config.update(
        SECRET_KEY=lms.secret,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="harbour_practice_lms",
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
    )
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    app.register_blueprint(course_copy.local)
    app.before_request(keep_practice_aids_local)
    app.before_request(lambda: strike_before(lms))
    app.after_request(add_headers)
    app.after_request(strike_after)
    app.register_error_handler(LtiServiceException, refuse_service)
    app.register_error_handler(HTTPException, pages.error_page)
    app.wsgi_app = FaultyAnswers(app.wsgi_app, lms.faults)  # type: ignore[method-assign]
    return app


def keep_practice_aids_local() -> None:
    """State and fault menu answer this machine alone, whatever the LMS is bound to.

    The host name counts, too: a foreign page may have its own name resolve to this machine.
    """
    if flask.request.blueprint in LOOPBACK_ONLY:
        caller = ipaddress.ip_address(flask.request.remote_addr or "0.0.0.0")
        if not caller.is_loopback or urlsplit(flask.request.url).hostname not in LOOPBACK_NAMES:
            flask.abort(403)


def tool_origins() -> set[str]:
    """The origins of all registered tools."""
    addresses = [(tool.launch_url, *tool.redirect_uris) for tool in current_lms().tools()]
    return {origin(url) for urls in addresses for url in urls}


def add_headers(answer: flask.Response) -> flask.Response:
    """Registered tools are the only strangers that our pages frame or post to; nobody frames us.

    A tool that is just being registered is a guest of that one page.
    """
    guests = {flask.g.guest_origin} if "guest_origin" in flask.g else set()
    tools = " ".join(sorted(tool_origins() | guests))
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'self'; frame-src 'self' {tools}; form-action 'self' {tools}; "
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if answer.mimetype == "text/html":
        answer.headers["Cache-Control"] = "no-store"
    return answer
