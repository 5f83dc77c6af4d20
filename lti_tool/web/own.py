"""The pages of learners who are signed in without a course: where they stand, how they come."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from lti_tool.persistence.learner_sessions import Own
from lti_tool.services.end_sessions import sign_out_learner
from lti_tool.services.show_progress import show_progress
from lti_tool.web.answers import go
from lti_tool.web.outline import build_page
from lti_tool.web.own_session import delete_own_cookie, signed_in_learner
from lti_tool.web.parts import current_parts
from lti_tool.web.ways import add_ways_pages

blueprint = Blueprint("own", __name__, url_prefix="/own")
add_ways_pages(blueprint, signed_in_learner, "own_base.html")


@blueprint.get("")
@signed_in_learner
def show(own: Own) -> str:
    """Show where a learner stands in every stack; nothing can be done here."""
    parts = current_parts()
    view = show_progress(
        parts.database,
        institution_id=own.institution_id,
        context_id=None,
        learner_id=own.learner_id,
        now=parts.clock(),
    )
    return render_template("own.html", view=view, outline=build_page(view))


@blueprint.post("/sign-out")
@signed_in_learner
def sign_out(own: Own) -> Response:
    """End the session of this browser."""
    parts = current_parts()
    sign_out_learner(parts.database, own, now=parts.clock())
    response = go(url_for("signing_in.show", key=own.institution_key), 303)
    delete_own_cookie(response)
    return response
