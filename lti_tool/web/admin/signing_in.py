"""Signing in with a one-time link, without a password, and signing out."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from lti_tool.entering.opened import hash_token
from lti_tool.persistence.administrators import ADMINISTRATOR, SignedIn, find_signed_in
from lti_tool.persistence.sign_in_ways import Audience
from lti_tool.services.begin_passkey import begin_passkey
from lti_tool.services.sign_in_administrator import sign_in_administrator
from lti_tool.services.sign_out_administrator import sign_out_administrator
from lti_tool.services.use_passkey import use_passkey
from lti_tool.signing_in.attempts import Door
from lti_tool.signing_in.passkeys import LARGEST, site_of
from lti_tool.web.admin.access import (
    COOKIE,
    admin_blueprint,
    delete_admin_cookie,
    set_admin_cookie,
    signed_in_page,
)
from lti_tool.web.answers import go
from lti_tool.web.forms import Form, refused
from lti_tool.web.own_session import browser, keep_browser
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import check_origin, public
from lti_tool.web.ways import site

blueprint = admin_blueprint("signing_in")

ATTEMPTS_PER_MINUTE = 300
"""A code cannot be guessed; this keeps a flood off the database. A proxy may be one address."""

LONGEST_CODE = 200

sign_in_limit = RateLimit(ATTEMPTS_PER_MINUTE)


@blueprint.get("/sign-in")
@public
def show() -> str:
    """Show the button; looking (a link preview, too) uses no link up.

    The code stands behind "#" in the address: the page reads it, and no server ever does.
    """
    return _page(None)


@blueprint.post("/sign-in")
@public
def sign_in() -> Response:
    """Use the link up and open a session."""
    check_origin()
    parts = current_parts()
    now = parts.clock()
    form = Form("sign-in", request.form)
    code = form.text("code", longest=LONGEST_CODE).rpartition("#")[2]
    if not code:
        form.errors["code"] = "Paste the link that you were given, or what stands in it after “#”."
    if not sign_in_limit.allows(str(request.remote_addr), now):
        form.errors["code"] = "Too many attempts from here. Wait a minute, and try again."
    token = ""
    if not form.errors:
        with form.catching():
            token = sign_in_administrator(
                parts.database, code, old_token=request.cookies.get(COOKIE, ""), now=now
            )
    if form.errors:
        return refused(form, lambda: _page(form))
    response = go(url_for(first_page(token)), 303)
    set_admin_cookie(response, token)
    return response


@blueprint.post("/sign-in/passkey/options")
@public
def passkey_options() -> Response:
    """Give the browser the challenge that a passkey of any administrator signs."""
    check_origin()
    parts = current_parts()
    now = parts.clock()
    if not sign_in_limit.allows(str(request.remote_addr), now):
        raise TooManyRequests(retry_after=60)
    return keep_browser(jsonify(begin_passkey(parts.database, site(), _door(), now=now)))


@blueprint.post("/sign-in/passkey")
@public
def passkey() -> Response:
    """Sign in the administrator who has the passkey, of whatever institution."""
    check_origin()
    parts = current_parts()
    form = Form("passkey", request.form)
    answer = form.text("credential", longest=LARGEST)
    with form.catching():
        found = use_passkey(
            parts.database,
            site(),
            _door(),
            answer=answer,
            wanted=request.form.get("next", ""),
            old_token=request.cookies.get(COOKIE, ""),
            now=parts.clock(),
        )
        response = go(found.next_page or url_for(first_page(found.token)), 303)
        set_admin_cookie(response, found.token)
        return response
    return refused(form, lambda: _page(form))


@blueprint.post("/sign-out")
@signed_in_page
def sign_out(signed_in: SignedIn) -> Response:
    """End the session of this browser."""
    parts = current_parts()
    sign_out_administrator(parts.database, signed_in, now=parts.clock())
    response = go(url_for("admin_signing_in.show"), 303)
    delete_admin_cookie(response)
    return response


def _door() -> Door:
    return Door(Audience.STAFF, None, browser())


def _page(form: Form | None) -> str:
    has_passkeys = site_of(current_parts().config.public_url) is not None
    return render_template("admin_sign_in.html", form=form, has_passkeys=has_passkeys)


def first_page(token: str) -> str:
    """Return where somebody begins: administrators at the platforms, registrars at the cases."""
    parts = current_parts()
    with parts.database.reading() as session:
        signed_in = find_signed_in(session, hash_token(token), parts.clock())
    is_registrar = signed_in is not None and ADMINISTRATOR not in signed_in.roles
    return "admin_cases.index" if is_registrar else "admin_platforms.index"
