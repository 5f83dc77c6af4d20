"""A mentor's pages: the learners they were named for, and nobody else; to read only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template

from lti_tool.errors import NotFoundError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learners import Learner, list_members
from lti_tool.web.parts import current_parts
from lti_tool.web.progress import render_progress
from lti_tool.web.session import mentor_page

blueprint = Blueprint("mentees", __name__)


@blueprint.get("/courses/<uuid:context_uuid>/mentees")
@mentor_page
def show(launched: Launched) -> str:
    """List the learners of this course that the mentor was named for."""
    return render_template(
        "mentees.html", learners=_mentees(launched), course_title=launched.context_title
    )


@blueprint.get("/courses/<uuid:context_uuid>/mentees/<uuid:learner_uuid>")
@mentor_page
def learner(launched: Launched, learner_uuid: UUID) -> str:
    """Show the progress of one of them."""
    for mentee in _mentees(launched):
        if mentee.uuid == learner_uuid:
            return render_progress(launched, mentee.id, is_own=False)
    raise NotFoundError("This learner is not in your list.")


def _mentees(launched: Launched) -> list[Learner]:
    with current_parts().database.reading() as session:
        members = list_members(session, launched.context_id)
    return [learner for learner, _ in members if learner.id in launched.mentees]
