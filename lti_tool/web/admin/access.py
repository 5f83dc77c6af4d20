"""Who is signed in as an administrator, and what they may open: cookie, policies, blueprints."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Response, g, request

from lti_tool.entering.opened import hash_token
from lti_tool.errors import ForbiddenError
from lti_tool.persistence.administrators import (
    ADMINISTRATOR,
    REGISTRAR,
    SignedIn,
    find_signed_in,
    note_administrator_seen,
)
from lti_tool.persistence.learner_sessions import NOTED_EVERY
from lti_tool.signing_in.opening import SESSION_LIFE
from lti_tool.web.admin import words
from lti_tool.web.parts import current_parts
from lti_tool.web.session import allow_no_frame, check_csrf, csrf_token

COOKIE = "__Host-quoin-admin"


def admin_blueprint(name: str) -> Blueprint:
    """Return a blueprint of pages below /admin, which are never shown in a frame."""
    made = Blueprint(f"admin_{name}", __name__, url_prefix="/admin")
    made.before_request(allow_no_frame)
    made.context_processor(_page_values)
    return made


def administrator_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in every administrator, registrars alone left out; the view gets ``SignedIn`` first.

    What belongs to other institutions is kept away by ``within`` of the use cases.
    """
    return _guarded(view, "administrator", _is_administrator)


def signed_in_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever is signed in here, registrars too; otherwise like ``administrator_page``."""
    return _guarded(view, "administrator", _is_anybody)


def registrar_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in the registrars of an institution; the view gets ``SignedIn`` and its internal id."""

    def of_institution(signed_in: SignedIn, **values: Any) -> Any:
        return view(signed_in, signed_in.institution_id, **values)

    return _guarded(wraps(view)(of_institution), "registrar", _is_registrar)


def installation_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in administrators of the whole tool; otherwise like ``administrator_page``."""
    return _guarded(view, "installation", _looks_after_all)


def set_admin_cookie(response: Response, token: str) -> None:
    """Let the browser keep a session.

    Lax: a link in an e-mail opens signed in. Every act is a form of ours with its token.
    """
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def delete_admin_cookie(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")


def _guarded(
    view: Callable[..., Any], policy: str, check: Callable[[SignedIn], None]
) -> Callable[..., Any]:
    @wraps(view)
    def guarded(**values: Any) -> Any:
        signed_in = _current()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            check_csrf(signed_in)
        check(signed_in)
        return view(signed_in, **values)

    cast(Any, guarded).policy = policy
    return guarded


def find_current_admin() -> SignedIn | None:
    """Return who is signed in here, if anybody is; the session is noted as used."""
    parts, token = current_parts(), request.cookies.get(COOKIE, "")
    if not token:
        return None
    now = parts.clock()
    with parts.database.reading() as session:
        found = find_signed_in(session, hash_token(token), now)
    if found is not None and found.seen_at and now - found.seen_at >= NOTED_EVERY:
        with parts.database.writing() as session:
            note_administrator_seen(session, found.token_hash, now)
    return found


def _current() -> SignedIn:
    found = find_current_admin()
    if found is None:
        raise ForbiddenError(
            "Nobody is signed in here, the time is over, or the institution is suspended. Ask "
            "whoever runs this tool for a link: quoin admin invite.",
            code="admin-session-missing",
        )
    g.signed_in = found
    return found


def _is_anybody(signed_in: SignedIn) -> None:
    """Let everybody in who is signed in."""


def _is_administrator(signed_in: SignedIn) -> None:
    if ADMINISTRATOR not in signed_in.roles:
        raise ForbiddenError("Only administrators can open this page; you are a registrar.")


def _is_registrar(signed_in: SignedIn) -> None:
    if REGISTRAR not in signed_in.roles or signed_in.institution_id is None:
        raise ForbiddenError(
            "Only registrars of an institution can open this page. Whoever runs this tool makes "
            "one: quoin admin invite --role registrar."
        )


def _looks_after_all(signed_in: SignedIn) -> None:
    if signed_in.institution_id is not None or ADMINISTRATOR not in signed_in.roles:
        raise ForbiddenError("Only those who look after the whole tool can open this page.")


def _page_values() -> dict[str, Any]:
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        return {}
    return {
        "signed_in": signed_in,
        "csrf_token": csrf_token(signed_in),
        "notice_words": words.NOTICES.get(request.args.get("notice", "")),
    }
