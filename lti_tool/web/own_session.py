"""Learners who are signed in without a course: cookie, policies, and who they are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, g, request

from lti_tool.entering.opened import hash_token
from lti_tool.errors import ForbiddenError
from lti_tool.persistence.learner_sessions import NOTED_EVERY, Own, find_own, note_seen
from lti_tool.signing_in.opening import SESSION_LIFE
from lti_tool.translating import choose, show_in, speak
from lti_tool.web.parts import current_parts
from lti_tool.web.session import allow_no_frame, check_csrf, learner_page

COOKIE = "__Host-quoin-own"
BROWSER = "__Host-quoin-browser"
BROWSER_SECONDS = 3600
IN_COURSE, OUTSIDE = "/courses/<uuid:context_uuid>", "/own"
_RANDOM = re.compile(r"[A-Za-z0-9_-]{43}")


def own_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever is launched in the course of the address, or signed in without a course.

    The page stands below ``/courses/…`` and, by ``add_own_addresses``, below ``/own``. The view
    gets ``Launched`` or ``Own`` first, and is about that learner alone.
    """
    in_course, outside = learner_page(view), signed_in_learner(view)

    @wraps(view)
    def either(context_uuid: UUID | None = None, **values: Any) -> Any:
        if context_uuid is None:
            return outside(**values)
        return in_course(context_uuid=context_uuid, **values)

    cast(Any, either).policy = "own"
    return either


def signed_in_learner(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in learners who are signed in without a course; the view gets ``Own`` first."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        allow_no_frame()
        own = current_own()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            check_csrf(own)
        return view(own, **values)

    cast(Any, guarded).policy = "outside"
    return guarded


def add_own_addresses(app: Flask) -> None:
    """Give every page of one's own an address without a course, beside that in a course."""
    for rule in list(app.url_map.iter_rules()):
        if getattr(app.view_functions[rule.endpoint], "policy", "") == "own":
            path = rule.rule.replace(IN_COURSE, OUTSIDE, 1)
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            app.add_url_rule(path, endpoint=rule.endpoint, methods=methods)


def current_own() -> Own:
    """Return who is signed in here; ``ForbiddenError`` when nobody is."""
    found = find_current_own()
    if found is None:
        raise ForbiddenError(
            "Nobody is signed in here, or the time is over. Sign in again at the address that "
            "your institution gave you, or open the tool from your course.",
            code="own-session-missing",
        )
    g.own = found
    speak(choose(*request.accept_languages.values(), found.home_language))
    show_in(found.home_zone)
    return found


def find_current_own() -> Own | None:
    """Return who is signed in here, if anybody is; the session is noted as used."""
    parts, token = current_parts(), request.cookies.get(COOKIE, "")
    if not token:
        return None
    now = parts.clock()
    with parts.database.reading() as session:
        found = find_own(session, hash_token(token), now)
    if found is not None and now - found.seen_at >= NOTED_EVERY:
        with parts.database.writing() as session:
            note_seen(session, found.token_hash, now)
    return found


def set_own_cookie(response: Response, token: str) -> None:
    """Let the browser keep a session. Lax: a link in a mail opens signed in."""
    seconds = int(SESSION_LIFE.total_seconds())
    response.set_cookie(COOKIE, token, max_age=seconds, secure=True, httponly=True, samesite="Lax")


def delete_own_cookie(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")


def browser() -> str:
    """Return the random text that binds attempts to this browser, made now if it has none."""
    if "browser" not in g:
        kept = request.cookies.get(BROWSER, "")
        g.browser = kept if _RANDOM.fullmatch(kept) else secrets.token_urlsafe(32)
    return str(g.browser)


def keep_browser(response: Response) -> Response:
    """Let the browser keep that text: Lax, so that it comes along from a provider."""
    response.set_cookie(
        BROWSER,
        browser(),
        max_age=BROWSER_SECONDS,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response
