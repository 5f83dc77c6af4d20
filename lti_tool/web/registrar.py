"""The registrar's page: credentials from elsewhere that wait for a decision, and deciding."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.services.decide_outside_credential import (
    Choice,
    Decision,
    decide_outside_credential,
)
from lti_tool.services.show_outside_credentials import MOST_SHOWN, show_desk
from lti_tool.translating import _
from lti_tool.web import outside_wording as words
from lti_tool.web import wording
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import recognising_page

blueprint = Blueprint("registrar", __name__)

LONGEST_NUMBER = 40
LONGEST_REASON = 2000


@blueprint.get("/courses/<uuid:context_uuid>/recognition")
@recognising_page
def show(launched: Launched) -> str:
    """Show what learners of the course handed in from elsewhere."""
    return _page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/recognition/<uuid:outside_uuid>")
@recognising_page
def decide(launched: Launched, outside_uuid: UUID) -> Response:
    """Recognise a credential as something of ours, or decline it; again is a correction."""
    form = Form(f"outside-{outside_uuid}", request.form)
    decision = _decision(form)
    parts = current_parts()
    notice = "outside-declined"
    if not form.errors:
        with form.catching():
            decided = decide_outside_credential(
                parts.database,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                outside_uuid=outside_uuid,
                decided_by=launched.learner_id,
                decision=decision,
                now=parts.clock(),
            )
            if decision.choice is not Choice.DECLINE:
                notice = "outside-awarded" if decided.awards else "outside-recognised"
    if form.errors:
        return refused(form, lambda: _page(launched, form))
    return back(launched, "registrar.show", notice)


def _decision(form: Form) -> Decision:
    reason = form.text("reason", longest=LONGEST_REASON)
    try:
        choice = Choice(form.values.get("decision", ""))
    except ValueError:
        form.errors[""] = _("Choose whether it is recognised.")
        return Decision(Choice.DECLINE, reason)
    if choice is not Choice.RECOGNISE:
        return Decision(choice, reason)
    return Decision(
        choice=choice,
        reason=reason,
        achievement_uuid=form.chosen("achievement", _("Choose what it counts for.")),
        credits=form.text("credits", longest=LONGEST_NUMBER),
        grade=form.text("grade", longest=LONGEST_NUMBER),
        level=form.text("level", longest=LONGEST_NUMBER),
        completed_on=form.day("completed_on"),
        valid_until=_perhaps_day(form, "valid_until"),
        is_identity_confirmed="identity" in form.values,
        is_kept="keep" in form.values,
        kept_until=_perhaps_day(form, "kept_until"),
    )


def _perhaps_day(form: Form, name: str) -> date | None:
    return form.day(name) if form.values.get(name, "").strip() else None


def _page(launched: Launched, form: Form | None) -> str:
    desk = show_desk(
        current_parts().database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
    )
    return render_template(
        "recognition.html",
        desk=desk,
        most=MOST_SHOWN,
        form=form,
        words=words,
        options=[(option.uuid, wording.option(option)) for option in desk.options],
        course_title=launched.context_title,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )
