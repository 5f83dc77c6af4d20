"""The page on which anybody checks a credential: paste it, hand a file in, or give its address."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.credentials.recognition import wire
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict, reason
from lti_tool.credentials.recognition.presented import LARGEST_PICTURE, LARGEST_TEXT
from lti_tool.services.check_credential import check_credential
from lti_tool.services.check_own_receipt import ReceiptFinding, check_own_receipt
from lti_tool.translating import _
from lti_tool.web import problems
from lti_tool.web.fetching import fetch
from lti_tool.web.forms import Form, refused
from lti_tool.web.outside_wording import HEADLINES, RECEIPTS
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import check_origin, public

blueprint = Blueprint("verifying", __name__)

CHECKS_PER_MINUTE = 60
FORM_BYTES = 4096
"""What a form needs around what is handed in."""

LONGEST_ADDRESS = 1000

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
        form.errors[""] = _("Too many checks from here. Wait a minute, and try again.")
    if form.errors:
        return refused(form, lambda: _page(form, None))
    home = parts.config.public_url
    return _answer(check_credential(parts.checking, fetch, raw, home=home, now=now))


def _handed_in(form: Form) -> bytes:
    """Return the bytes of the file, or what was pasted; its name and type count for nothing."""
    file = request.files.get("file")
    raw = file.read(LARGEST_PICTURE + 1) if file is not None else b""
    raw = raw or form.values.get("credential", "").encode("utf-8", "surrogatepass")
    if not raw.strip():
        form.errors["credential"] = _("Paste a credential or its address, or choose a file.")
    return raw


def _answer(verdict: Verdict) -> Response:
    parts = current_parts()
    receipt = check_own_receipt(parts.database, parts.signing, verdict)
    if problems.prefers_json():
        return jsonify({**wire.verdict(verdict), "receipt": receipt})
    return make_response(_page(None, verdict, receipt))


def _page(form: Form | None, verdict: Verdict | None, receipt: ReceiptFinding | None = None) -> str:
    return render_template(
        "verify.html",
        form=form,
        verdict=verdict,
        headlines=HEADLINES,
        receipt=None if receipt is None else RECEIPTS[receipt],
    )
