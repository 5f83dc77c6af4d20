"""Awards whose ground has changed: what they counted, and two buttons."""

from __future__ import annotations

from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.decide_review import Answer, decide_review
from lti_tool.services.list_reviews import list_reviews
from lti_tool.web.admin.access import admin_blueprint, signed_in_page
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("reviews")

CONFLICT = 409
LONGEST_REASON = 1000


@blueprint.get("/reviews")
@signed_in_page
def index(signed_in: SignedIn) -> str:
    """List the reviews that wait for an answer; learners are named by their uuid alone."""
    return _page(signed_in)


@blueprint.post("/reviews/<uuid:review>/keep")
@signed_in_page
def keep(signed_in: SignedIn, review: UUID) -> Response:
    """Let the award stand."""
    return _decide(signed_in, review, Answer.KEEP, "review-kept")


@blueprint.post("/reviews/<uuid:review>/revoke")
@signed_in_page
def revoke(signed_in: SignedIn, review: UUID) -> Response:
    """Take the award back."""
    return _decide(signed_in, review, Answer.REVOKE, "review-revoked")


def _decide(signed_in: SignedIn, review: UUID, answer: Answer, notice: str) -> Response:
    form = Form(f"{answer}-{review}", request.form)
    reason = form.text("reason", longest=LONGEST_REASON)
    parts = current_parts()
    if not form.errors:
        try:
            with form.catching():
                decide_review(
                    parts.database,
                    review,
                    answer,
                    reason=reason,
                    actor=signed_in.actor,
                    now=parts.clock(),
                    within=signed_in.institution_id,
                )
        except ConflictError as error:
            return make_response(_page(signed_in, trouble=error.message), CONFLICT)
    if form.errors:
        return refused(form, lambda: _page(signed_in, form=form))
    return redirect(url_for("admin_reviews.index", notice=notice), 303)


def _page(signed_in: SignedIn, *, form: Form | None = None, trouble: str = "") -> str:
    return render_template(
        "admin_reviews.html",
        rows=list_reviews(current_parts().database, within=signed_in.institution_id),
        form=form,
        trouble=trouble,
    )
