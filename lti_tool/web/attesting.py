"""The teacher's page to record one competency for many learners: choose, look, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.services.attest_learners import Attested, attest_learners
from lti_tool.services.show_attesting import MOST_SHOWN, AttestingView, show_attesting
from lti_tool.translating import _, local
from lti_tool.web import class_wording, wording
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.session import recording_page

blueprint = Blueprint("attesting", __name__)

LONGEST_GRADE = 40
LONGEST_LABEL = 100
LONGEST_NOTE = 2000
LONGEST_NAME = 100


@blueprint.get("/courses/<uuid:context_uuid>/attest")
@recording_page
def show(launched: Launched) -> Response | str:
    """Show the form: first the competency, then who, how well, and when."""
    return _form_page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/attest")
@recording_page
def send(launched: Launched) -> Response | str:
    """Show what would be recorded, or record it, or go back to the form."""
    # Nobody ticked is no field at all, and yet it is the field that is wrong.
    form = Form("attest", {"learner": "", **request.form})
    step = form.values.get("step", "preview")
    if step == "change":
        return _form_page(launched, form)
    ticked = _ticked(form)
    found = _attest(launched, form, ticked, is_dry_run=step != "confirm")
    if found is None:
        return refused(form, lambda: _form_page(launched, form))
    return render_template(
        "attested.html",
        found=found,
        form=form,
        ticked=ticked,
        is_done=step == "confirm",
        course_title=launched.context_title,
    )


def _attest(
    launched: Launched, form: Form, ticked: list[UUID], *, is_dry_run: bool
) -> Attested | None:
    """Record what the form says, or try it; None with the errors at their fields."""
    achievement = form.chosen("achievement", _("Choose what is completed."))
    level = form.text("level", longest=LONGEST_LABEL)
    grade = form.text("grade", longest=LONGEST_GRADE)
    completed_on = form.day("completed_on")
    note = form.text("note", longest=LONGEST_NOTE)
    form_id = form.form_id()
    if form.errors:
        return None
    parts = current_parts()
    with form.catching():
        return attest_learners(
            parts.database,
            institution_id=launched.institution_id,
            context_id=launched.context_id,
            recorded_by=launched.learner_id,
            learner_uuids=ticked,
            achievement_uuid=achievement,
            level=level,
            grade=grade,
            completed_on=completed_on,
            note=note,
            form_id=form_id,
            is_dry_run=is_dry_run,
            now=parts.clock(),
        )
    return None


def _ticked(form: Form) -> list[UUID]:
    """Return who is ticked; all who were shown, if that is ticked."""
    name = "shown" if form.values.get("all") else "learner"
    try:
        return [UUID(value) for value in request.form.getlist(name)]
    except ValueError:
        form.errors["learner"] = _("Tick the learners again.")
        return []


def _form_page(launched: Launched, form: Form | None) -> str:
    values = request.args if form is None else form.values
    view = _view(launched, values)
    ticked = set(request.form.getlist("learner")) if form is not None else set()
    return render_template(
        "attest.html",
        view=view,
        form=form,
        name=values.get("q", "").strip()[:LONGEST_NAME],
        is_missing_only=bool(values.get("missing")),
        ticked=ticked,
        is_all=form is not None and bool(form.values.get("all")),
        most_shown=MOST_SHOWN,
        form_id=values.get("form_id") or uuid4(),
        today=local(current_parts().clock()).date(),
        competency_options=[(one.uuid, wording.option(one)) for one in view.competencies],
        level_options=[
            (label, class_wording.level(label, grade, view.chosen.scale))
            for label, grade in view.levels
            if view.chosen
        ],
        course_title=launched.context_title,
    )


def _view(launched: Launched, values: Mapping[str, str]) -> AttestingView:
    achievement: UUID | None
    try:
        achievement = UUID(values.get("achievement", ""))
    except ValueError:
        achievement = None
    return show_attesting(
        current_parts().database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        achievement_uuid=achievement,
        name=values.get("q", "").strip()[:LONGEST_NAME],
        is_missing_only=bool(values.get("missing")),
    )
