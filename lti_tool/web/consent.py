"""The page on which learners consent to what a wallet asks for, with the code of their course.

Nobody signs in here: a learner is known by a launch alone. The code says who consents, and that
it is them; whoever has none can do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.errors import ForbiddenError
from lti_tool.lti.urls import origin_of
from lti_tool.services.ask_consent import Asking, ask_consent
from lti_tool.services.grant_access import grant_access
from lti_tool.translating import _
from lti_tool.wallet_protocols.badge_api import BASE, OAUTH
from lti_tool.wallet_protocols.oauth import SCOPES, ConsentRequest, with_answer
from lti_tool.web.answers import go
from lti_tool.web.forms import UNPROCESSABLE, Form
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import allow_no_frame, allow_redirect_to, check_origin, public

blueprint = Blueprint("consent", __name__, url_prefix=OAUTH)

SEE_OTHER = 303
LONGEST_CODE = 40
FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)

consent_limit = RateLimit(per_minute=30)
everybody_limit = RateLimit(per_minute=300)
"""Codes tried by all together: with 49 bits a guess in ten minutes is out of reach."""


@blueprint.get("/authorize")
@public
def ask() -> Response:
    """Show what a wallet asks for, and a field for the learner's code."""
    allow_no_frame()
    asking = ask_consent(current_parts().database, request.args)
    if asking.request is None:
        return _tell(asking, error=_code_of(asking))
    return make_response(_page(asking, Form("consent", {}), request.args))


@blueprint.post("/authorize")
@public
def decide() -> Response:
    """Send the wallet its code, or that the learner does not want it to read."""
    allow_no_frame()
    check_origin()
    asking = ask_consent(current_parts().database, request.form)
    if asking.request is None:
        return _tell(asking, error=_code_of(asking))
    if request.form.get("decision") != "allow":
        return _tell(asking, error="access_denied")
    form = Form("consent", request.form)
    code = _code(form, asking.request)
    if not form.errors:
        return _tell(asking, code=code)
    return make_response(_page(asking, form, request.form), UNPROCESSABLE)


def _code(form: Form, asked: ConsentRequest) -> str:
    parts = current_parts()
    now = parts.clock()
    typed = form.text("code", longest=LONGEST_CODE)
    if not consent_limit.allows(str(request.remote_addr), now) or not everybody_limit.allows(
        "", now
    ):
        form.errors["code"] = _("Too many codes were tried. Wait a minute, and try again.")
    if form.errors:
        return ""
    try:
        with form.catching():
            return grant_access(
                parts.database, parts.config.secret_key, asked, pairing_code=typed, now=now
            )
    except ForbiddenError:
        form.errors["code"] = _("Your institution does not let wallets read.")
    return ""


def _tell(asking: Asking, **answer: str) -> Response:
    """Lead back to the wallet, at an address that it registered, with an answer."""
    issuer = f"{current_parts().config.public_url}{BASE}"
    url = with_answer(asking.redirect_uri, **answer, state=asking.state, iss=issuer)
    return go(url, SEE_OTHER)


def _code_of(asking: Asking) -> str:
    return "invalid_request" if asking.refusal is None else asking.refusal.code


def _page(asking: Asking, form: Form, fields: Mapping[str, str]) -> str:
    uri = urlsplit(asking.redirect_uri)
    allow_redirect_to(origin_of(asking.redirect_uri) or f"{uri.scheme}:")
    assert asking.request is not None  # noqa: S101 - others were told already
    return render_template(
        "consent.html",
        asking=asking,
        host=uri.hostname or uri.scheme,
        wishes=[SCOPES[scope] for scope in asking.request.scopes],
        hidden={name: fields[name] for name in FIELDS if name in fields},
        form=form,
    )
