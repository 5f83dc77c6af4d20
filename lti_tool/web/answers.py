"""What the answers of the LTI endpoints have in common."""

from __future__ import annotations

from flask import Response, request

from lti_tool.entering.opened import SESSION_LIFE, LaunchAccepted
from lti_tool.web.cookies import set_cookie
from lti_tool.web.returning import forget_place, place_of
from lti_tool.web.session import session_cookie

LARGEST_BODY = 256 * 1024


def limit_body() -> None:
    """Let Werkzeug refuse larger bodies with 413, and a flood of fields."""
    request.max_content_length = LARGEST_BODY
    request.max_form_memory_size = LARGEST_BODY
    request.max_form_parts = 100


def go(url: str, status: int) -> Response:
    """Return a redirect that nobody keeps."""
    headers = {"Location": url, "Cache-Control": "no-store"}
    return Response(status=status, headers=headers, mimetype="text/plain")


def first_page(accepted: LaunchAccepted) -> str:
    """Return the address of the page that a launch opens: where a session ended, or the usual."""
    return place_of(accepted) or f"/courses/{accepted.context_uuid}/{accepted.landing}"


def set_session(response: Response, accepted: LaunchAccepted) -> None:
    """Let the browser keep the session of a launch in the cookie of its course."""
    name = session_cookie(accepted.context_uuid)
    set_cookie(response, name, accepted.session_token, SESSION_LIFE)
    forget_place(response, accepted)
