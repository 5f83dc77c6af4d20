"""A course that was copied from one that nobody told us of: its teacher may say which."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.persistence.courses import get_context
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.placements import list_placed
from lti_tool.persistence.teaching import list_taught
from lti_tool.services.copy_course import copy_course
from lti_tool.translating import _
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import linking_page

blueprint = Blueprint("copies", __name__)


@blueprint.get("/courses/<uuid:context_uuid>/copy")
@linking_page
def choose(launched: Launched) -> str:
    """Show the teacher's other courses, and what each would bring."""
    return _page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/copy")
@linking_page
def take_over(launched: Launched) -> Response:
    """Take over what is placed in the chosen course."""
    form = Form("copy", request.form)
    origin_uuid = form.chosen("origin", _("Choose a course."))
    parts = current_parts()
    if not form.errors:
        with form.catching():
            copy_course(
                parts.database, launched=launched, origin_uuid=origin_uuid, now=parts.clock()
            )
    if form.errors:
        return refused(form, lambda: _page(launched, form))
    return back(launched, "roster.show", "course-copied")


def _page(launched: Launched, form: Form | None) -> str:
    with current_parts().database.reading() as session:
        is_done = get_context(session, launched.context_id).copied_from_id is not None
        taught = list_taught(session, launched.learner_id, but=launched.context_id)
        choices = [(course, list_placed(session, course.id)) for course in taught]
    return render_template(
        "copy.html",
        form=form,
        is_done=is_done,
        choices=[(course, placed) for course, placed in choices if placed],
        course_title=launched.context_title,
    )
