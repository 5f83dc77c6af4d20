"""Signing in with a one-time link, without a password, and signing out."""

from __future__ import annotations

from flask import Response, render_template, request, url_for

from lti_tool.entering.opened import hash_token
from lti_tool.persistence.administrators import ADMINISTRATOR, SignedIn, find_signed_in
from lti_tool.services.sign_in_administrator import sign_in_administrator
from lti_tool.services.sign_out_administrator import sign_out_administrator
from lti_tool.web.admin.access import (
    admin_blueprint,
    delete_admin_cookie,
    set_admin_cookie,
    signed_in_page,
)
from lti_tool.web.answers import go
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import check_origin, public

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
    return render_template("admin_sign_in.html", form=None)


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
            token = sign_in_administrator(parts.database, code, now=now)
    if form.errors:
        return refused(form, lambda: render_template("admin_sign_in.html", form=form))
    response = go(url_for(_first_page(token)), 303)
    set_admin_cookie(response, token)
    return response


@blueprint.post("/sign-out")
@signed_in_page
def sign_out(signed_in: SignedIn) -> Response:
    """End the session of this browser."""
    parts = current_parts()
    sign_out_administrator(parts.database, signed_in, now=parts.clock())
    response = go(url_for("admin_signing_in.show"), 303)
    delete_admin_cookie(response)
    return response


def _first_page(token: str) -> str:
    """Return where somebody begins: administrators at the platforms, registrars at the cases."""
    parts = current_parts()
    with parts.database.reading() as session:
        signed_in = find_signed_in(session, hash_token(token), parts.clock())
    is_registrar = signed_in is not None and ADMINISTRATOR not in signed_in.roles
    return "admin_cases.index" if is_registrar else "admin_platforms.index"
