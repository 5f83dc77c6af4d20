"""A learner asks the registrar: something looks wrong, or an exception; and what came of it."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFoundError
from lti_tool.persistence.launched import Launched
from lti_tool.services.ask_registrar import ask_registrar
from lti_tool.services.show_progress import ProgressView, show_progress
from lti_tool.services.show_requests import show_requests
from lti_tool.web import case_words
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.outline import rows_at
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import learner_page

blueprint = Blueprint("requests", __name__)

LONGEST_TEXT = 3000
LONGEST_URL = 2000


@blueprint.get("/courses/<uuid:context_uuid>/requests")
@learner_page
def show(launched: Launched) -> str:
    """Show people what they have asked, and the exceptions that count for them."""
    parts = current_parts()
    own = show_requests(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )
    return render_template(
        "requests.html",
        own=own,
        names=own.names,
        words=case_words,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )


@blueprint.get("/courses/<uuid:context_uuid>/requests/new")
@learner_page
def form(launched: Launched) -> str:
    """Show the form, prefilled with what it is about and what counts there now."""
    return _page(launched, request.args.get("stack", ""), request.args.get("address", "/"), None)


@blueprint.post("/courses/<uuid:context_uuid>/requests/new")
@learner_page
def ask(launched: Launched) -> Response:
    """Take the request and go to the list of one's own."""
    sent = Form("ask", request.form)
    stack, address = sent.values.get("stack", ""), sent.values.get("address", "")
    text = sent.text("text", longest=LONGEST_TEXT)
    url = sent.text("url", longest=LONGEST_URL)
    form_id = sent.form_id()
    parts = current_parts()
    if not sent.errors:
        with sent.catching():
            ask_registrar(
                parts.database,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                learner_id=launched.learner_id,
                stack_key=stack,
                address=address,
                text=text,
                url=url,
                form_id=form_id,
                now=parts.clock(),
            )
    if sent.errors:
        return refused(sent, lambda: _page(launched, stack, address, sent))
    return back(launched, "requests.show", "request-sent")


def _progress(launched: Launched) -> ProgressView:
    parts = current_parts()
    return show_progress(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )


def _page(launched: Launched, key: str, address: str, sent: Form | None) -> str:
    view = _progress(launched)
    card = next((stack for stack in view.stacks if stack.key == key), None)
    if card is None:
        raise NotFoundError("There is no such award here.")
    rules = show_requests(
        current_parts().database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        now=view.known_on,
    ).rules
    stack = next(one for one in rules.stacks if one.key == key)
    options = case_words.place_options(stack, view.names)
    return render_template(
        "request_new.html",
        view=view,
        stack=card,
        address=address if address in dict(options) else "/",
        about=case_words.place(stack, address, view.names),
        options=options,
        rows=rows_at(view, key, address),
        form=sent,
        form_id=sent.values.get("form_id") if sent else uuid4(),
    )
