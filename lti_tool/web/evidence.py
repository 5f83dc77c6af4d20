"""Handing in evidence for a competency, and what came of it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.services.show_handing_in import show_handing_in
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import learner_page

blueprint = Blueprint("evidence", __name__)

LONGEST_TEXT = 5000
LONGEST_URL = 2000


@blueprint.get("/courses/<uuid:context_uuid>/evidence/<uuid:achievement_uuid>")
@learner_page
def form(launched: Launched, achievement_uuid: UUID) -> str:
    """Show the form for one competency, with what was handed in before."""
    return _page(launched, achievement_uuid, None)


@blueprint.post("/courses/<uuid:context_uuid>/evidence/<uuid:achievement_uuid>")
@learner_page
def submit(launched: Launched, achievement_uuid: UUID) -> Response:
    """Take the evidence and go back to the progress page."""
    sent = Form("evidence", request.form)
    text = sent.text("text", longest=LONGEST_TEXT)
    url = sent.text("url", longest=LONGEST_URL)
    form_id = sent.form_id()
    parts = current_parts()
    if not sent.errors:
        with sent.catching():
            submit_evidence(
                parts.database,
                context_id=launched.context_id,
                learner_id=launched.learner_id,
                achievement_uuid=achievement_uuid,
                text=text,
                url=url or None,
                form_id=form_id,
                now=parts.clock(),
            )
    if sent.errors:
        return refused(sent, lambda: _page(launched, achievement_uuid, sent))
    return back(launched, "progress.show", "evidence-sent")


def _page(launched: Launched, achievement_uuid: UUID, sent: Form | None) -> str:
    found = show_handing_in(
        current_parts().database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_id=launched.learner_id,
        achievement_uuid=achievement_uuid,
    )
    return render_template(
        "evidence.html",
        course_title=launched.context_title,
        option=found.option,
        pieces=found.pieces,
        form=sent,
        form_id=sent.values.get("form_id") if sent else uuid4(),
        is_own=True,
    )
