"""The institutions of the tool: suspended, or at work."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.list_institutions import list_institutions
from lti_tool.services.switch_institution import switch_institution
from lti_tool.web.admin.access import admin_blueprint, installation_page
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("institutions")


@blueprint.get("/institutions")
@installation_page
def index(signed_in: SignedIn) -> str:  # noqa: ARG001
    """List the institutions."""
    rows = list_institutions(current_parts().database)
    return render_template("admin_institutions.html", rows=rows)


@blueprint.post("/institutions/<key>/suspend")
@installation_page
def suspend(signed_in: SignedIn, key: str) -> Response:
    """Stop launches and services of an institution."""
    return _switch(signed_in, key, is_suspended=True)


@blueprint.post("/institutions/<key>/resume")
@installation_page
def resume(signed_in: SignedIn, key: str) -> Response:
    """Let a suspended institution go on."""
    return _switch(signed_in, key, is_suspended=False)


def _switch(signed_in: SignedIn, key: str, *, is_suspended: bool) -> Response:
    parts = current_parts()
    switch_institution(
        parts.database, key, is_suspended=is_suspended, actor=signed_in.actor, now=parts.clock()
    )
    notice = "suspended" if is_suspended else "resumed"
    return redirect(url_for("admin_institutions.index", notice=notice), 303)
