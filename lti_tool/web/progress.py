"""The learner's page: what is earned, what counts, what is missing, what comes next."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.launched import Launched
from lti_tool.services.show_progress import ProgressView, show_progress
from lti_tool.web.outline import Focus, build_page, find_focus
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page
from lti_tool.web.wording import NOTICES

blueprint = Blueprint("progress", __name__)


@blueprint.get("/courses/<uuid:context_uuid>/progress")
@learner_page
def show(launched: Launched) -> str:
    """Show people their own progress."""
    return render_progress(launched, launched.learner_id, is_own=True)


def render_progress(launched: Launched, learner_id: int, *, is_own: bool) -> str:
    """Return the page of one learner of the course, for themselves or for a teacher.

    In the review of a submission what was handed in comes first.
    """
    parts = current_parts()
    is_review = learner_id == launched.subject_id
    view = show_progress(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_id=learner_id,
        now=parts.clock(),
    )
    return render_template(
        "progress.html",
        view=view,
        page=build_page(view),
        focus=_focus(launched, view) if is_own or is_review else None,
        is_own=is_own,
        is_review=is_review,
        form=None,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )


def _focus(launched: Launched, view: ProgressView) -> Focus | None:
    """Return what the opened link was placed for, if it was placed for a competency."""
    if launched.achievement_id is None:
        return None
    with current_parts().database.reading() as session:
        key = session.get_one(Achievement, launched.achievement_id).key
    return find_focus(view, key)
