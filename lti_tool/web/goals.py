"""Where do you want to go? A goal in own words, and what leads there. Nothing is kept or taken up.

The words come by POST and stand in no address, no log and no table.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.matching import Band, Match
from lti_tool.persistence.launched import Launched
from lti_tool.services.match_goal import GoalCompetency, GoalStack, GoalView, match_goal
from lti_tool.translating import _, language, listed, ngettext
from lti_tool.web import learner_wording
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.session import accepts_files, keeps_nothing, learner_page
from lti_tool.web.wording import state

blueprint = Blueprint("goals", __name__)

LONGEST_GOAL = 100_000
LARGEST_FORM = 2**20
"""Bytes of such a goal as a form sends it: nine for a character of some scripts."""


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """A competency that fits, in words."""

    match: Match
    fit: str
    effort: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class StackLine:
    """A stack that leads there, in words; ``take`` are the names of what is to be completed."""

    key: str
    title: str
    match: Match | None
    fit: str
    state: str
    is_held: bool
    wanted: str
    held: str
    take: tuple[str, ...]
    effort: str
    how: str


@blueprint.get("/courses/<uuid:context_uuid>/goal")
@learner_page
def show(launched: Launched) -> str:
    """Show the field for a goal."""
    return _page(_matched(launched, ""), None)


@blueprint.post("/courses/<uuid:context_uuid>/goal")
@accepts_files(LARGEST_FORM)
@learner_page
@keeps_nothing
def find(launched: Launched) -> Response | str:
    """Show what fits the goal of the form, and what leads there."""
    form = Form("goal", request.form)
    text = form.text("text", longest=LONGEST_GOAL)
    if not text:
        form.errors["text"] = _(
            "Say in a few words where you want to go, or paste an advertisement."
        )
    if form.errors:
        return refused(form, lambda: _page(_matched(launched, ""), form))
    return _page(_matched(launched, text), form, is_asked=True)


def _matched(launched: Launched, text: str) -> GoalView:
    parts = current_parts()
    return match_goal(
        parts.database,
        parts.matchers,
        institution=launched.institution_id,
        context_id=launched.context_id,
        learner_id=launched.learner_id,
        text=text,
        language=language(),
        now=parts.clock(),
    )


def _page(view: GoalView, form: Form | None, *, is_asked: bool = False) -> str:
    return render_template(
        "goal.html",
        form=form,
        is_asked=is_asked,
        is_all_read=view.is_all_read,
        competencies=[_competency(one, view) for one in view.competencies],
        stacks=[_stack(one, view) for one in view.stacks],
        longest=LONGEST_GOAL,
        course_title=view.course_title,
    )


def fit(band: Band) -> str:
    """Return in words how well something fits; never a number."""
    return {
        Band.CLOSE: _("Fits closely"),
        Band.NEAR: _("Fits in part"),
        Band.FAR: _("Might fit"),
    }[band]


def _competency(one: GoalCompetency, view: GoalView) -> CompetencyLine:
    hours = (view.workloads or {}).get(one.option.key)
    effort = learner_wording.effort(one.option.credits, hours)
    return CompetencyLine(one.match, fit(one.match.band), effort, one.is_held)


def _stack(one: GoalStack, view: GoalView) -> StackLine:
    names, path = view.names or {}, one.path
    return StackLine(
        key=one.view.key,
        title=one.view.title,
        match=one.match,
        fit=fit(one.band),
        state=state(one.view),
        is_held=one.view.award is not None,
        wanted=listed([names[key] for key in one.wanted if key not in one.held], joint="and"),
        held=listed([names[key] for key in one.held], joint="and"),
        take=tuple(names[key] for key in path.take) if path else (),
        effort=learner_wording.effort(path.credits, path.workload) if path else "",
        how=_how(one) if path else "",
    )


def _how(one: GoalStack) -> str:
    """Return what is least about a path, and whether that is certain."""
    if one.path is None:
        return ""
    if not one.path.is_proved:
        return _("A short way; there may be a shorter one.")
    if one.path.by == "workload":
        return _("No other way asks for less work.")
    return ngettext(
        "No way is shorter than 1 completion.",
        "No way is shorter than {n} completions.",
        len(one.path.take),
    )
