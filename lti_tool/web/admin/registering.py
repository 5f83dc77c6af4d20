"""Registering a platform: by hand, or by an invitation with which it registers itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.lti.platform_details import PlatformDetails
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.services.register_platform import register_platform
from lti_tool.services.show_platform import PlatformView, show_platform
from lti_tool.web.admin import words
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import (
    institution_options,
    read_family,
    read_institution,
    read_lines,
    refusals,
)
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.registration_words import way_in

blueprint = admin_blueprint("registering")

LONGEST_ID = 255
LONGEST_ADDRESS = 2048
ADDRESSES = ("authorization_url", "token_url", "jwks_url")


@blueprint.get("/platforms/new")
@administrator_page
def choose(signed_in: SignedIn) -> str:
    """Show both ways: an invitation, and the form of registration by hand."""
    return _page(signed_in)


@blueprint.get("/platforms/<uuid:platform>/addresses")
@administrator_page
def addresses(signed_in: SignedIn, platform: UUID) -> str:
    """Show the form by hand with what is registered, to enter new addresses."""
    view = show_platform(current_parts().database, platform, within=signed_in.institution_id)
    return _page(signed_in, form=Form("register", _known(view)), known=view)


@blueprint.post("/platforms/new")
@administrator_page
def register(signed_in: SignedIn) -> Response:
    """Register a platform by hand, or enter the new addresses of one that is known."""
    form = Form("register", request.form)
    details = _details(form, signed_in)
    deployments = read_lines(form, "deployment_id")
    institution = read_institution(form, signed_in)
    parts = current_parts()
    if not form.errors:
        with refusals(form):
            done = register_platform(
                parts.database,
                institution,
                details,
                deployments,
                actor=signed_in.actor,
                now=parts.clock(),
                within=signed_in.institution_id,
            )
    if form.errors:
        return refused(form, lambda: _page(signed_in, form=form))
    target = url_for("admin_platforms.show", platform=done.uuid, notice="registered")
    return redirect(target, 303)


@blueprint.post("/platforms/invitations")
@administrator_page
def invite(signed_in: SignedIn) -> Response:
    """Make an invitation and show its address: now and never again."""
    form = Form("invite", request.form)
    terms = InvitationTerms(
        life=_hours(form),
        family=read_family(form),
        approves_deployments="approves_deployments" in form.values,
        allows_loopback=_allows_loopback(form, signed_in),
    )
    institution = read_institution(form, signed_in)
    parts = current_parts()
    if not form.errors:
        with refusals(form):
            made = invite_platform(
                parts.database, institution, terms, actor=signed_in.actor, now=parts.clock()
            )
    if form.errors:
        return refused(form, lambda: _page(signed_in, form=form))
    page = render_template(
        "admin_invitation.html",
        address=f"{parts.config.public_url}/lti/register/{made.code}",
        expires_at=made.expires_at,
        steps=way_in(terms.family),
    )
    return make_response(page)


def _details(form: Form, signed_in: SignedIn) -> PlatformDetails:
    issuer = form.text("issuer", longest=LONGEST_ID)
    authorization, token, jwks = (form.text(name, longest=LONGEST_ADDRESS) for name in ADDRESSES)
    return PlatformDetails(
        issuer=issuer,
        client_id=form.text("client_id", longest=LONGEST_ID),
        name=form.text("name", longest=LONGEST_ID) or issuer,
        authorization_url=authorization,
        token_url=token,
        jwks_url=jwks,
        token_audience=form.text("token_audience", longest=LONGEST_ADDRESS) or None,
        allows_loopback=_allows_loopback(form, signed_in),
        family=read_family(form),
    )


def _allows_loopback(form: Form, signed_in: SignedIn) -> bool:
    """Only who looks after the machine may have it speak to itself."""
    return signed_in.institution_id is None and "allows_loopback" in form.values


def _hours(form: Form) -> timedelta:
    try:
        hours = float(form.values.get("hours", ""))
        return timedelta(hours=hours)
    except (ValueError, OverflowError):
        form.errors["hours"] = "Enter a number of hours, for example 24."
        return timedelta()


def _known(view: PlatformView) -> dict[str, str]:
    """Return a registration as the form by hand would have sent it."""
    is_own_audience = view.token_audience != view.token_url
    return {
        "issuer": view.issuer,
        "client_id": view.client_id,
        "name": view.name,
        **{name: getattr(view, name) for name in ADDRESSES},
        "token_audience": view.token_audience if is_own_audience else "",
        "family": view.family,
        "institution": view.institution or "",
        **({"allows_loopback": "1"} if view.allows_loopback else {}),
    }


def _page(
    signed_in: SignedIn, *, form: Form | None = None, known: PlatformView | None = None
) -> str:
    public_url = current_parts().config.public_url
    return render_template(
        "admin_register.html",
        form=form,
        known=known,
        institutions=institution_options(signed_in),
        families=words.FAMILIES,
        addresses=words.tool_addresses(public_url),
        canvas_address=words.canvas_address(public_url),
    )
