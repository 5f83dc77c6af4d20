"""All exceptions of an institution, and how one ends."""

from __future__ import annotations

from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.end_exception import end_exception
from lti_tool.services.list_exceptions import list_exceptions
from lti_tool.web import case_words
from lti_tool.web.admin.access import admin_blueprint, registrar_page
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("exceptions")

CONFLICT = 409
LONGEST_REASON = 1000


@blueprint.get("/exceptions")
@registrar_page
def index(signed_in: SignedIn, institution_id: int) -> str:  # noqa: ARG001
    """List the exceptions, the latest first."""
    return _page(institution_id)


@blueprint.post("/exceptions/<uuid:exception>/end")
@registrar_page
def end(signed_in: SignedIn, institution_id: int, exception: UUID) -> Response:
    """End an exception; awards that were made with it come to the reviews."""
    form = Form(f"end-{exception}", request.form)
    reason = form.text("reason", longest=LONGEST_REASON)
    parts = current_parts()
    notice = "exception-ended"
    if not form.errors:
        try:
            with form.catching():
                ended = end_exception(
                    parts.database,
                    exception,
                    reason=reason,
                    actor=signed_in.actor,
                    now=parts.clock(),
                    within=institution_id,
                )
                notice = "exception-ended-review" if ended.reviews else notice
        except ConflictError as error:
            return make_response(_page(institution_id, trouble=error.message), CONFLICT)
    if form.errors:
        return refused(form, lambda: _page(institution_id, form=form))
    return redirect(url_for("admin_exceptions.index", notice=notice), 303)


def _page(institution_id: int, *, form: Form | None = None, trouble: str = "") -> str:
    parts = current_parts()
    found = list_exceptions(parts.database, within=institution_id, now=parts.clock())
    return render_template(
        "admin_exceptions.html", found=found, form=form, trouble=trouble, words=case_words
    )
