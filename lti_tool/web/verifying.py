"""The page on which anybody checks a credential: paste it, hand a file in, or give its address."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.credentials.recognition import wire
from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.issuer_addresses import is_home
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict, reason
from lti_tool.credentials.recognition.presented import LARGEST_PICTURE, LARGEST_TEXT
from lti_tool.services.check_credential import check_credential
from lti_tool.web import problems
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import check_origin, public

blueprint = Blueprint("verifying", __name__)

CHECKS_PER_MINUTE = 60
FORM_BYTES = 4096
"""What a form needs around what is handed in."""

LONGEST_ADDRESS = 1000

HEADLINES = {
    Outcome.VALID: ("Valid", "met"),
    Outcome.UNKNOWN_ISSUER: ("Good signature, unknown issuer", "unknown"),
    Outcome.NOT_YOURS: ("Issued to somebody else", "not-met"),
    Outcome.UNCHECKABLE: ("It cannot be checked", "unknown"),
    Outcome.UNSUPPORTED: ("This form is not supported", "unknown"),
    Outcome.SUSPENDED: ("Suspended", "waiting"),
    Outcome.EXPIRED: ("Expired", "waiting"),
    Outcome.REVOKED: ("Revoked", "failed"),
    Outcome.INVALID: ("Invalid", "failed"),
}
"""What is said of each outcome, and the picture beside it."""

check_limit = RateLimit(CHECKS_PER_MINUTE)


@blueprint.get("/verify")
@public
def show() -> str:
    """Show the form; an address in ``?url=`` stands in it, and nothing is fetched yet.

    Whoever looks at it is about to check something, so a process gets warm meanwhile.
    """
    current_parts().checking.warm()
    address = request.args.get("url", "")[:LONGEST_ADDRESS]
    return _page(Form("verify", {"credential": address}), None)


@blueprint.post("/verify")
@public
def check() -> Response:
    """Say what the credential is worth, and why. Nothing that is sent here is kept."""
    request.max_content_length = LARGEST_PICTURE + LARGEST_TEXT + FORM_BYTES
    request.max_form_memory_size = LARGEST_TEXT + FORM_BYTES
    check_origin()
    parts = current_parts()
    now = parts.clock()
    try:
        form = Form("verify", request.form)
        raw = _handed_in(form)
    except RequestEntityTooLarge:
        return _answer(Verdict(Outcome.INVALID, (reason("too-large"),)))
    if not check_limit.allows(str(request.remote_addr), now):
        form.errors[""] = "Too many checks from here. Wait a minute, and try again."
    if form.errors:
        return refused(form, lambda: _page(form, None))
    home = parts.config.public_url
    return _answer(check_credential(parts.checking, _fetch, raw, home=home, now=now))


def _handed_in(form: Form) -> bytes:
    """Return the bytes of the file, or what was pasted; its name and type count for nothing."""
    file = request.files.get("file")
    raw = file.read(LARGEST_PICTURE + 1) if file is not None else b""
    raw = raw or form.values.get("credential", "").encode("utf-8", "surrogatepass")
    if not raw.strip():
        form.errors["credential"] = "Paste a credential or its address, or choose a file."
    return raw


def _fetch(url: str) -> Fetched:
    """Return a document of this tool without a network, any other one from outside."""
    home = current_parts().config.public_url
    if not is_home(url, home):
        return current_parts().outside.fetch(url)
    # A request of its own, without a cookie: it sees what everybody sees.
    with current_app.test_request_context(url.removeprefix(home), home):
        answer = current_app.full_dispatch_request()
    return Fetched(answer.status_code, answer.get_data())


def _answer(verdict: Verdict) -> Response:
    if problems.prefers_json():
        return jsonify(wire.verdict(verdict))
    return make_response(_page(None, verdict))


def _page(form: Form | None, verdict: Verdict | None) -> str:
    return render_template("verify.html", form=form, verdict=verdict, headlines=HEADLINES)
