"""What a teacher decides: completions recorded or withdrawn, evidence accepted or returned."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.services.decide_evidence import decide_evidence
from lti_tool.services.record_in_course import record_in_course
from lti_tool.services.show_roster import RosterQuery
from lti_tool.services.withdraw_completion import withdraw_completion
from lti_tool.translating import _
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.roster import read_roster, render_roster
from lti_tool.web.session import recording_page

blueprint = Blueprint("decisions", __name__)

LONGEST_GRADE = 40
LONGEST_LEVEL = 150
LONGEST_NOTE = 2000
LONGEST_REASON = 1000


@blueprint.post("/courses/<uuid:context_uuid>/completions")
@recording_page
def record(launched: Launched) -> Response:
    """Record that a learner has completed a competency."""
    form = Form("record", request.form)
    learner_uuid = form.chosen("learner", _("Choose the learner."))
    achievement_uuid = form.chosen("achievement", _("Choose what is completed."))
    grade = form.text("grade", longest=LONGEST_GRADE)
    completed_on = form.day("completed_on")
    note = form.text("note", longest=LONGEST_NOTE)
    level = _level(form, achievement_uuid)
    form_id = form.form_id()
    parts = current_parts()
    if not form.errors:
        with form.catching():
            record_in_course(
                parts.database,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                recorded_by=launched.learner_id,
                learner_uuid=learner_uuid,
                achievement_uuid=achievement_uuid,
                grade=grade,
                level=level,
                completed_on=completed_on,
                note=note,
                form_id=form_id,
                now=parts.clock(),
            )
    return _answer(launched, form, "completion-recorded")


def _level(form: Form, achievement_uuid: UUID) -> str:
    """Return the label of the chosen level, which has to be one of the chosen competency."""
    owner, _colon, label = form.text("level", longest=LONGEST_LEVEL).partition(":")
    if label and owner != str(achievement_uuid):
        form.errors["level"] = _("This is a level of another competency. Choose one of this one.")
    return label


@blueprint.post("/courses/<uuid:context_uuid>/completions/<uuid:completion_uuid>/withdrawal")
@recording_page
def withdraw(launched: Launched, completion_uuid: UUID) -> Response:
    """Withdraw a completion that was entered by mistake."""
    form = Form(f"withdraw-{completion_uuid}", request.form)
    reason = form.text("reason", longest=LONGEST_REASON)
    parts = current_parts()
    notice = "completion-withdrawn"
    if not form.errors:
        with form.catching():
            withdrawn = withdraw_completion(
                parts.database,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                completion_uuid=completion_uuid,
                reason=reason,
                withdrawn_by=launched.learner_id,
                actor=str(launched.learner_uuid),
                now=parts.clock(),
            )
            notice = "completion-withdrawn-review" if withdrawn.reviews else notice
    return _answer(launched, form, notice, RosterQuery(completion_uuid=completion_uuid))


@blueprint.post("/courses/<uuid:context_uuid>/evidence/<uuid:evidence_uuid>/decision")
@recording_page
def decide(launched: Launched, evidence_uuid: UUID) -> Response:
    """Accept evidence, with a level or a grade if there is one, or return it with a note."""
    form = Form(f"decide-{evidence_uuid}", request.form)
    level = form.text("level", longest=LONGEST_LEVEL)
    grade = form.text("grade", longest=LONGEST_GRADE)
    note = form.text("note", longest=LONGEST_NOTE)
    is_accepted = form.values.get("decision") == "accept"
    if form.values.get("decision") not in ("accept", "return"):
        form.errors[""] = _("Choose whether the evidence is accepted or returned.")
    parts = current_parts()
    if not form.errors:
        with form.catching():
            decide_evidence(
                parts.database,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                evidence_uuid=evidence_uuid,
                is_accepted=is_accepted,
                level=level,
                grade=grade,
                note=note,
                decided_by=launched.learner_id,
                now=parts.clock(),
            )
    return _answer(launched, form, "evidence-accepted" if is_accepted else "evidence-returned")


def _answer(
    launched: Launched, form: Form, notice: str, query: RosterQuery | None = None
) -> Response:
    """Return to the roster, or show what ``query`` asks of it with what is to be corrected."""
    if form.errors:
        return refused(
            form, lambda: render_roster(launched, read_roster(launched, query), form=form)
        )
    return back(launched, "roster.show", notice)
