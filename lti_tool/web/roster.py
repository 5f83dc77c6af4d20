"""The teacher's page: who is here, what they have completed, what waits for a decision."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import LTIServiceError, NotFoundError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learners import get_member
from lti_tool.services.show_roster import RosterView, show_roster
from lti_tool.services.sync_roster import sync_roster
from lti_tool.web import wording
from lti_tool.web.forms import Form
from lti_tool.web.parts import current_parts
from lti_tool.web.progress import render_progress
from lti_tool.web.redirects import back
from lti_tool.web.session import instructor_page

blueprint = Blueprint("roster", __name__)

FRESH = timedelta(minutes=5)


@blueprint.get("/courses/<uuid:context_uuid>/roster")
@instructor_page
def show(launched: Launched) -> str:
    """Show the learners; a list older than five minutes is asked for anew."""
    view = read_roster(launched)
    stale = ""
    if view.synced_at is None or current_parts().clock() - view.synced_at > FRESH:
        stale = _sync(launched)
        view = read_roster(launched)
    return render_roster(launched, view, stale=stale)


@blueprint.post("/courses/<uuid:context_uuid>/roster")
@instructor_page
def refresh(launched: Launched) -> Response | str:
    """Ask the platform for the list of learners now."""
    stale = _sync(launched)
    if stale:
        return render_roster(launched, read_roster(launched), stale=stale)
    return back(launched, "roster.show", "roster-refreshed")


@blueprint.get("/courses/<uuid:context_uuid>/scores/<uuid:completion_uuid>")
@instructor_page
def score(launched: Launched, completion_uuid: UUID) -> str:
    """Show where the score of one completion stands: the cell that the page asks for again."""
    for row in read_roster(launched).rows:
        for completion in row.completions:
            if completion.uuid == completion_uuid and completion.score is not None:
                return render_template("score.html", row=completion)
    raise NotFoundError("There is no score for such a completion in this course.")


@blueprint.get("/courses/<uuid:context_uuid>/learners/<uuid:learner_uuid>")
@instructor_page
def learner(launched: Launched, learner_uuid: UUID) -> str:
    """Show a teacher the progress of one learner of the course."""
    with current_parts().database.reading() as session:
        member = get_member(session, launched.context_id, learner_uuid)
    return render_progress(launched, member.id, is_own=False)


def read_roster(launched: Launched) -> RosterView:
    """Return the roster of the course as it stands."""
    parts = current_parts()
    return show_roster(parts.database, context_id=launched.context_id, now=parts.clock())


def render_roster(
    launched: Launched, view: RosterView, *, form: Form | None = None, stale: str = ""
) -> str:
    """Return the page; ``form`` is one sent with errors, ``stale`` says why the list is old."""
    return render_template(
        "roster.html",
        view=view,
        form=form,
        form_id=form.values.get("form_id", uuid4()) if form else uuid4(),
        stale=stale,
        today=current_parts().clock().date(),
        learner_options=[(row.learner_uuid, row.name) for row in view.rows if row.is_active],
        achievement_options=[
            (option.uuid, wording.option(option))
            for option in view.achievements
            if not option.is_award
        ],
        notice_words=wording.NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )


def _sync(launched: Launched) -> str:
    """Ask for the list; return in words why it could not be had, or nothing."""
    parts = current_parts()
    try:
        synced = sync_roster(
            parts.database, parts.platforms, context_id=launched.context_id, now=parts.clock()
        )
    except LTIServiceError as error:
        if error.code == "lti-no-roster":
            return error.message
        return f"The list may be out of date: {error.message}"
    return "" if synced.is_complete else "The platform gave a part of the list only."
