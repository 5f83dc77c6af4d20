"""The learner's page: what is earned, what counts, what is missing, what comes next."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.launched import Launched
from lti_tool.services.show_progress import ProgressView, show_progress
from lti_tool.translating import _
from lti_tool.web import class_wording
from lti_tool.web.first_view import calendar_days, deadline_lines, find_now
from lti_tool.web.ics import write_calendar
from lti_tool.web.map_view import build_map
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.outline import Focus, build_page, find_focus
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page

blueprint = Blueprint("progress", __name__)


@blueprint.get("/courses/<uuid:context_uuid>/progress")
@learner_page
def show(launched: Launched) -> str:
    """Show people their own progress."""
    return render_progress(launched, launched.learner_id, is_own=True)


@blueprint.get("/courses/<uuid:context_uuid>/deadlines.ics")
@learner_page
def calendar(launched: Launched) -> Response:
    """Give people their own deadlines as a calendar."""
    view = _view(launched, launched.learner_id)
    page = url_for("progress.show", context_uuid=launched.context_uuid)
    days = calendar_days(view, f"{current_parts().config.public_url}{page}")
    text = write_calendar(
        _("{course}: deadlines", course=view.course_title), days, now=view.known_on
    )
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="quoin-deadlines.ics"'
    return response


def render_progress(launched: Launched, learner_id: int, *, is_own: bool) -> str:
    """Return the page of one learner of the course, for themselves or for a teacher.

    In the review of a submission what was handed in comes first.
    """
    is_review = learner_id == launched.subject_id
    view = _view(launched, learner_id, with_levels=not is_own)
    page = build_page(view)
    return render_template(
        "progress.html",
        view=view,
        levels=class_wording.levels_of(view.levels),
        page=page,
        now=find_now(page),
        deadlines=deadline_lines(view),
        maps={card.stack.key: build_map(card) for card in page.open + page.earned},
        focus=_focus(launched, view) if is_own or is_review else None,
        is_own=is_own,
        is_review=is_review,
        form=None,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )


def _view(launched: Launched, learner_id: int, *, with_levels: bool = False) -> ProgressView:
    parts = current_parts()
    return show_progress(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_id=learner_id,
        now=parts.clock(),
        with_levels=with_levels,
    )


def _focus(launched: Launched, view: ProgressView) -> Focus | None:
    """Return what the opened link was placed for, if it was placed for a competency."""
    if launched.achievement_id is None:
        return None
    with current_parts().database.reading() as session:
        key = session.get_one(Achievement, launched.achievement_id).key
    return find_focus(view, key)
