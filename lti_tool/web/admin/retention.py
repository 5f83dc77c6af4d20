"""How long an institution keeps what, and what would go now."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.administrators import SignedIn
from lti_tool.retaining import KINDS, LONGEST, SHORTEST
from lti_tool.services.preview_retention import preview_retention
from lti_tool.services.set_retention import set_retention
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import expect_institution, institution_options
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("retention")


@blueprint.get("/retention")
@administrator_page
def index(signed_in: SignedIn) -> str | Response:
    """List the institutions; the only one opens at once."""
    options = institution_options(signed_in)
    if len(options) == 1:
        return redirect(url_for("admin_retention.show", key=options[0][0]))
    return render_template("admin_retentions.html", options=options)


@blueprint.get("/retention/<key>")
@administrator_page
def show(signed_in: SignedIn, key: str) -> str:
    """Show for how long what is kept, and count what would go now."""
    expect_institution(signed_in, key)
    return _page(key, None)


@blueprint.post("/retention/<key>")
@administrator_page
def change(signed_in: SignedIn, key: str) -> Response:
    """Count what would go with other numbers, or set them."""
    expect_institution(signed_in, key)
    form = Form("retention", request.form)
    days = {kind: _days(form, kind) for kind in KINDS}
    parts = current_parts()
    if not form.errors and form.values.get("act") == "save":
        with form.catching():
            set_retention(parts.database, key, days, actor=signed_in.actor, now=parts.clock())
    if form.errors:
        return refused(form, lambda: _page(key, form))
    if form.values.get("act") != "save":
        return make_response(_page(key, form, days))
    return redirect(url_for("admin_retention.show", key=key, notice="retention-set"), 303)


def _days(form: Form, kind: str) -> int:
    value = form.values.get(kind, "").strip()
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 6 else -1
    if number and not SHORTEST <= number <= LONGEST:
        form.errors[kind] = f"Enter {SHORTEST} to {LONGEST:,} days, or 0 to keep it for good."
    return number


def _page(key: str, form: Form | None, days: dict[str, int] | None = None) -> str:
    parts = current_parts()
    view = preview_retention(parts.database, now=parts.clock(), key=key, days=days)[0]
    return render_template(
        "admin_retention.html", view=view, form=form, kinds=KINDS, is_asked=days is not None
    )
