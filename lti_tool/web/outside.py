"""The learner's page for credentials from elsewhere: hand one in, and see what came of it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.credentials.recognition.presented import LARGEST_PICTURE, LARGEST_TEXT
from lti_tool.persistence.launched import Launched
from lti_tool.recognising.keeping import Place
from lti_tool.recognising.measures import Person
from lti_tool.services.hand_in_credential import HandedIn, hand_in_credential
from lti_tool.services.show_outside_credentials import show_outside_credentials
from lti_tool.translating import _
from lti_tool.web import outside_wording as words
from lti_tool.web.fetching import fetch
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import accepts_files, learner_page

blueprint = Blueprint("outside", __name__)

FORM_BYTES = 4096
LARGEST_FORM = LARGEST_PICTURE + LARGEST_TEXT + FORM_BYTES
CHECKS_PER_MINUTE = 10

check_limit = RateLimit(CHECKS_PER_MINUTE)


@blueprint.get("/courses/<uuid:context_uuid>/outside-credentials")
@learner_page
def show(launched: Launched) -> str:
    """Show the form, and what was handed in before."""
    current_parts().checking.warm()
    return _page(launched, Form("outside", {}), [])


@blueprint.post("/courses/<uuid:context_uuid>/outside-credentials")
@accepts_files(LARGEST_FORM)
@learner_page
def hand_in(launched: Launched) -> Response:
    """Check what was handed in, keep what is good, and say what became of it."""
    form = Form("outside", request.form)
    raw = _handed_in(form)
    parts = current_parts()
    now = parts.clock()
    if not form.errors and not check_limit.allows(str(launched.learner_uuid), now):
        form.errors[""] = _("Too many checks at once. Wait a minute, and try again.")
    answers: list[HandedIn] = []
    if not form.errors:
        with form.catching():
            answers = hand_in_credential(
                parts.database,
                parts.checking,
                fetch,
                parts.signing,
                raw,
                place=Place(launched.institution_id, launched.learner_id, launched.context_id),
                person=Person(launched.learner_uuid, launched.email),
                now=now,
            )
    if form.errors:
        return refused(form, lambda: _page(launched, form, []))
    return make_response(_page(launched, Form("outside", {}), answers))


def _handed_in(form: Form) -> bytes:
    """Return the bytes of the file, or what was pasted; its name and type count for nothing."""
    file = request.files.get("file")
    raw = file.read(LARGEST_PICTURE + 1) if file is not None else b""
    raw = raw or form.values.get("credential", "").encode("utf-8", "surrogatepass")
    if not raw.strip():
        form.errors["credential"] = _("Paste a credential or its address, or choose a file.")
    return raw


def _page(launched: Launched, form: Form, answers: list[HandedIn]) -> str:
    held = show_outside_credentials(current_parts().database, learner_id=launched.learner_id)
    return render_template(
        "outside.html", form=form, answers=answers, held=held, words=words, is_desk=False
    )
