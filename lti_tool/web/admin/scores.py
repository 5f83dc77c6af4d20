"""Scores that wait or failed, in every course that an administrator looks after."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.resend_score import Choice, resend_score
from lti_tool.services.show_scores import show_scores
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("scores")


@blueprint.get("/scores")
@administrator_page
def index(signed_in: SignedIn) -> str:
    """List every score that is not in the gradebook; learners are named by their uuid alone."""
    view = show_scores(current_parts().database, within=signed_in.institution_id)
    return render_template("admin_scores.html", view=view)


@blueprint.post("/scores/again")
@administrator_page
def all_again(signed_in: SignedIn) -> Response:
    """Send every score again that has failed or is held."""
    return _send(signed_in, None, "scores-again")


@blueprint.post("/scores/<uuid:delivery>/again")
@administrator_page
def again(signed_in: SignedIn, delivery: UUID) -> Response:
    """Send one score again."""
    return _send(signed_in, delivery, "score-again")


def _send(signed_in: SignedIn, delivery: UUID | None, notice: str) -> Response:
    parts = current_parts()
    changed = resend_score(
        parts.database,
        choice=Choice.AGAIN,
        delivery_uuid=delivery,
        actor=signed_in.actor,
        now=parts.clock(),
        within=signed_in.institution_id,
    )
    notice = notice if changed else "score-unchanged"
    return redirect(url_for("admin_scores.index", notice=notice), 303)
