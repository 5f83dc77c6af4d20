"""Dynamic registration: the page of an invitation, the click on it, and what Canvas is told."""

from __future__ import annotations

import json

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from lti_tool.errors import LTIRegistrationError
from lti_tool.lti.canvas import canvas_configuration
from lti_tool.lti.forms import single_fields
from lti_tool.lti.invitations import LIMITS, RegistrationRequest, read_form, signed_form
from lti_tool.lti.urls import origin_of, origins_of
from lti_tool.services.register_dynamically import register_dynamically
from lti_tool.services.show_invitation import InvitationView, show_invitation
from lti_tool.services.update_registration import update_registration
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.registration_words import next_steps, scope_words, way_in
from lti_tool.web.session import allow_any_frame, public

blueprint = Blueprint("registration", __name__)

CALLS_PER_MINUTE = 60

registration_limit = RateLimit(CALLS_PER_MINUTE)


@blueprint.get("/lti/register/<code>")
@public
def show(code: str) -> str:
    """Say what a click will do; looking (a link preview, too) uses nothing up."""
    allow_any_frame()
    view = _invitation(code)
    asked = RegistrationRequest(
        _field("openid_configuration"),
        _field("registration_token"),
        origin_of((request.referrer or "").split("#", 1)[0]) or "",
    )
    if not asked.openid_configuration or not asked.registration_token:
        steps = way_in(view.family, is_update=view.updates is not None)
        return render_template("invitation.html", view=view, steps=steps)
    parts = current_parts()
    return render_template(
        "register.html",
        view=view,
        platform=origin_of(asked.openid_configuration) or "",
        scopes=scope_words(),
        fields=signed_form(code, asked, parts.config.secret_key, parts.clock()),
    )


@blueprint.post("/lti/register/<code>")
@public
def register(code: str) -> Response:
    """Register the platform; the form alone says for whom, so no cookie is needed."""
    allow_any_frame()
    view = _invitation(code)
    parts = current_parts()
    asked = read_form(code, _fields(request.form), parts.config.secret_key, parts.clock())
    use_case = update_registration if view.updates else register_dynamically
    done = use_case(
        parts.database,
        parts.http,
        code,
        asked,
        public_url=parts.config.public_url,
        now=parts.clock(),
    )
    page = render_template(
        "registered.html",
        done=done,
        is_update=view.updates is not None,
        steps=next_steps(done),
        origins=origins_of([asked.opened_from, asked.openid_configuration]),
    )
    return make_response(page)


@blueprint.get("/lti/canvas.json")
@public
def canvas() -> Response:
    """Give Canvas the JSON of an LTI developer key for this tool."""
    configuration = canvas_configuration(current_parts().config.public_url)
    return Response(json.dumps(configuration, indent=2), mimetype="application/json")


def _invitation(code: str) -> InvitationView:
    parts = current_parts()
    now = parts.clock()
    if not registration_limit.allows(str(request.remote_addr), now):
        raise LTIRegistrationError(
            "Too many registrations from here. Wait a minute.", code="lti-too-many-registrations"
        )
    return show_invitation(parts.database, code, now=now)


def _field(name: str) -> str:
    return _fields(request.args).get(name, "")


def _fields(source: MultiDict[str, str]) -> dict[str, str]:
    return single_fields(
        source.items(multi=True), LIMITS, LTIRegistrationError, "lti-registration-form"
    )
