"""Who is launched and what they may open: cookies, policies, CSRF and security headers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from flask import Response, g, request

from lti_tool.entering.opened import hash_token
from lti_tool.errors import ForbiddenError
from lti_tool.lti.urls import origin_of, origins_of
from lti_tool.persistence.launched import (
    LINK,
    RECOGNISE,
    RECORD,
    STACKS,
    Launched,
    find_launched,
)
from lti_tool.translating import choose, show_in, speak
from lti_tool.web.parts import current_parts

View = TypeVar("View", bound=Callable[..., Any])

SESSION_COOKIE_PREFIX = "__Host-quoin-"
BEARER = "Bearer "
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
CSRF_PURPOSE = b"quoin csrf token:"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action {forms}; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)


PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture that somebody opens as a page: it may be drawn, and do nothing."""


class Opened(Protocol):
    """Any session of ours; forms belong to one of them."""

    @property
    def token_hash(self) -> str:
        """What is kept of the session's token."""


def session_cookie(context_uuid: UUID) -> str:
    """Return the name of a course's session cookie: two courses in two tabs never mix."""
    return f"{SESSION_COOKIE_PREFIX}{context_uuid.hex[:12]}"


def current(context_uuid: UUID) -> Launched:
    """Return who is launched in this course; ``ForbiddenError`` when nobody is.

    The session's token comes in its cookie, or in a header where no cookie is kept.
    """
    parts = current_parts()
    header = request.headers.get("Authorization", "")
    bearer = header.removeprefix(BEARER) if header.startswith(BEARER) else ""
    token = bearer or request.cookies.get(session_cookie(context_uuid), "")
    launched = None
    if token:
        with parts.database.reading() as session:
            launched = find_launched(
                session, hash_token(token), parts.clock(), is_bearer=bool(bearer)
            )
    if launched is None or launched.context_uuid != context_uuid:
        raise ForbiddenError(
            "Nobody is signed in here, or the time is over. Open the tool again from your course.",
            code="session-missing",
        )
    g.launched = launched
    speak(choose(launched.locale, *request.accept_languages.values(), launched.home_language))
    show_in(launched.home_zone)
    return launched


def platform_origins(launched: Launched) -> tuple[str, ...]:
    """Return the origins of the platform that may frame the pages of this session."""
    return origins_of(launched.platform_urls)


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    view.policy = "public"  # type: ignore[attr-defined]
    return view


def token_holder(view: View) -> View:
    """Mark a view that needs an access token, which its use case looks at."""
    view.policy = "token"  # type: ignore[attr-defined]
    return view


def learner_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever is launched in the course of the address; the view gets ``Launched`` first.

    The address of the view has a ``<uuid:context_uuid>``, which is not handed on.
    """
    return _guarded(view, "learner", _is_in_course)


def instructor_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in the staff of the course of the address; otherwise like ``learner_page``."""
    return _guarded(view, "instructor", _is_staff)


def recording_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in staff whom the institution lets record and decide."""
    return _guarded(view, "instructor", lambda launched: _has_right(launched, RECORD))


def linking_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in staff whom the institution lets place links."""
    return _guarded(view, "instructor", lambda launched: _has_right(launched, LINK))


def stacks_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in staff whom the institution lets write and publish stacks."""
    return _guarded(view, "instructor", lambda launched: _has_right(launched, STACKS))


def recognising_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in staff whom the institution lets decide what credentials of others count for."""
    return _guarded(view, "instructor", lambda launched: _has_right(launched, RECOGNISE))


def mentor_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in mentors; the view shows nobody but those they were named for."""
    return _guarded(view, "mentor", _is_mentor)


def privacy_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in an administrator of the platform who came for one person's data."""
    return _guarded(view, "privacy", _is_privacy)


def _is_in_course(launched: Launched) -> None:
    if launched.is_privacy:
        raise ForbiddenError("This page opens from a course only.")


def _is_staff(launched: Launched) -> None:
    if not launched.is_instructor:
        raise ForbiddenError("Only those who teach this course can open this page.")


def _has_right(launched: Launched, right: str) -> None:
    _is_staff(launched)
    if right not in launched.rights:
        raise ForbiddenError(
            "Your institution does not let your role in this course do this. Ask whoever "
            "teaches the course.",
            code="role-rights",
        )


def _is_mentor(launched: Launched) -> None:
    if launched.role != "mentor" and not launched.mentees:
        raise ForbiddenError("Only mentors can open this page.")


def _is_privacy(launched: Launched) -> None:
    if not launched.is_privacy:
        raise ForbiddenError("This page opens from the privacy pages of your platform only.")


def _guarded(
    view: Callable[..., Any], policy: str, check: Callable[[Launched], None]
) -> Callable[..., Any]:
    @wraps(view)
    def guarded(context_uuid: UUID, **values: Any) -> Any:
        launched = current(context_uuid)
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        if is_write:
            check_csrf(launched)
        check(launched)
        if is_write and launched.is_preview and not getattr(view, "keeps_nothing", False):
            raise _in_preview()
        return view(launched, **values)

    cast(Any, guarded).policy = policy
    return guarded


def accepts_files(largest: int) -> Callable[[View], View]:
    """Let a page of a course take a form with a file, up to so many bytes; it stands outermost."""

    def wrap(view: View) -> View:
        @wraps(view)
        def limited(*args: Any, **values: Any) -> Any:
            request.max_content_length = request.max_form_memory_size = largest
            return view(*args, **values)

        return cast(View, limited)

    return wrap


def keeps_nothing(view: View) -> View:
    """Mark a view that takes a form and writes nothing: it answers in a preview, too."""
    view.keeps_nothing = True  # type: ignore[attr-defined]
    return view


def _in_preview() -> ForbiddenError:
    return ForbiddenError(
        "You see the course as a student would. Nothing is recorded or sent in this view.",
        code="preview",
    )


def csrf_token(opened: Opened) -> str:
    """Return the token that every form of this session carries in ``csrf_token``."""
    key = current_parts().config.secret_key
    return hmac.new(key, CSRF_PURPOSE + opened.token_hash.encode(), hashlib.sha256).hexdigest()


def check_csrf(opened: Opened) -> None:
    """Refuse a write that one of our own pages did not send; ``ForbiddenError``."""
    given = request.form.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(opened).encode()):
        raise ForbiddenError(
            "This form is not of your present session. Load the page again and repeat the step.",
            code="csrf",
        )
    check_origin()


def check_origin() -> None:
    """Refuse what a page of another site sent; ``ForbiddenError``."""
    # A browser that hides Origin still tells the Referer to its own site.
    source = request.headers.get("Origin") or origin_of(_without_fragment(request.referrer or ""))
    if source != origin_of(current_parts().config.public_url):
        raise ForbiddenError("This form was sent by another site.", code="csrf")


def _without_fragment(url: str) -> str:
    return url.split("#", 1)[0]


def allow_form_to(url: str) -> None:
    """Let the page that is being answered post a form to the origin of ``url`` as well."""
    g.form_origin = origin_of(url)


def allow_redirect_to(source: str) -> None:
    """Let a form of the page that is being answered lead on to ``source``, once it is sent here.

    ``source`` is an origin, or the scheme of an app with its colon. Browsers hold redirects
    against ``form-action``, too.
    """
    g.redirect_source = source


def allow_any_frame() -> None:
    """Let the page that is being answered be shown in any frame: nobody knows the LMS yet.

    Only for pages that need a secret in their address, and so cannot be shown to trick anybody.
    """
    g.any_frame = True


def allow_framing_by(urls: Iterable[str]) -> None:
    """Let the page that is being answered be framed by the origins of ``urls``."""
    g.framing_origins = origins_of(urls)


def allow_no_frame() -> None:
    """Let the page that is being answered be shown in no frame at all, not even our own."""
    g.no_frame = True


def show_nothing_but_the_picture() -> None:
    """Let what is answered, a picture that somebody handed in, load and do nothing at all."""
    g.is_picture = True


def framing_origins() -> tuple[str, ...]:
    """Return the origins that may frame the page that is being answered, besides our own."""
    launched: Launched | None = g.get("launched")
    if launched is not None:
        return platform_origins(launched)
    origins: tuple[str, ...] = g.get("framing_origins", ())
    return origins


def add_security_headers(response: Response) -> Response:
    """Add the headers that every answer carries; ``app.py`` uses it as ``after_request``."""
    ancestors = ("*",) if g.get("any_frame") else ("'self'", *framing_origins())
    if g.get("no_frame"):
        ancestors = ("'none'",)
    form_origin: str | None = g.get("form_origin")
    others = (form_origin, g.get("redirect_source"))
    forms = ("'self'", *(source for source in others if source))
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_POLICY.format(
        forms=" ".join(forms), ancestors=" ".join(ancestors)
    )
    if g.get("is_picture"):
        headers["Content-Security-Policy"] = PICTURE_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    # With no-referrer a browser sends "Origin: null" with our own forms, which the CSRF check
    # refuses; launch addresses carry no forms of ours.
    is_launch = request.path.startswith("/lti/") or form_origin is not None
    headers["Referrer-Policy"] = "no-referrer" if is_launch else "same-origin"
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    return response
