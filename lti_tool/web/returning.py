"""A session that is over: the relaunch leads back to where somebody was, with what they typed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from lti_tool.entering.opened import Landing, LaunchAccepted
from lti_tool.errors import ForbiddenError
from lti_tool.web.cookies import delete_cookie, set_cookie
from lti_tool.web.session import CSRF_FIELD, check_origin

PLACE_COOKIE_PREFIX = "__Host-quoin-place-"
PLACE_LIFE = timedelta(hours=1)
LONGEST_PLACE = 1500
"""Characters of an address; browsers keep cookies of 4,096 bytes."""

SHORTEST_TEXT = 20
"""Characters of what is worth keeping: shorter things are choices, dates and grades."""

POLICIES = {
    Landing.PROGRESS: ("learner", "own"),
    Landing.ROSTER: ("learner", "own", "instructor"),
}
"""Whose page may be returned to, by the page that the launch would have opened."""


def typed_texts() -> list[str]:
    """Return the texts of the form that was sent, if one of our own pages sent it."""
    if request.method != "POST":
        return []
    try:
        check_origin()
    except ForbiddenError:
        return []
    values = [value for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    return [value for value in values if len(value.strip()) >= SHORTEST_TEXT and not _is_id(value)]


def remember_place(response: Response) -> Response:
    """Note where somebody was whose session is over; ``app.py`` uses it as ``after_request``."""
    course = (request.view_args or {}).get("context_uuid")
    place = _place() if g.get("error_code") == "session-missing" else ""
    if isinstance(course, UUID) and _leads_into(course, place) and len(place) <= LONGEST_PLACE:
        set_cookie(response, _cookie(course), quote(place), PLACE_LIFE)
    return response


def place_of(accepted: LaunchAccepted) -> str | None:
    """Return where the browser was in the course that a launch opens; None without a place.

    What was opened for a purpose of its own (a picker, one submission) stays what it is, and
    nobody is led to pages that their role does not open.
    """
    place = unquote(request.cookies.get(_cookie(accepted.context_uuid), ""))
    policies = next((p for landing, p in POLICIES.items() if landing == accepted.landing), ())
    is_open = _leads_into(accepted.context_uuid, place) and _policy(place) in policies
    return place if is_open else None


def forget_place(response: Response, accepted: LaunchAccepted) -> None:
    """Let a place be returned to once."""
    name = _cookie(accepted.context_uuid)
    if name in request.cookies:
        delete_cookie(response, name)


def _cookie(course: UUID) -> str:
    return f"{PLACE_COOKIE_PREFIX}{course.hex[:12]}"


def _place() -> str:
    """Return path and query of the page that the browser shows."""
    # A form and a part of a page were asked for from a page: that one is the place.
    shown = request.headers.get("HX-Current-URL") or request.referrer or ""
    if request.method == "GET" and "HX-Request" not in request.headers:
        shown = request.full_path
    parts = urlsplit(shown)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _leads_into(course: UUID, place: str) -> bool:
    return place.startswith(f"/courses/{course}/") and _policy(place) is not None


def _policy(place: str) -> str | None:
    """Return who may open the page at this address; None where there is no page of ours."""
    routes = current_app.url_map.bind("")
    try:
        endpoint, _values = routes.match(urlsplit(place).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    policy: str | None = getattr(current_app.view_functions[endpoint], "policy", None)
    return policy


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
