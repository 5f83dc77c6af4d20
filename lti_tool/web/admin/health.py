"""How the installation is, in words that one can act on."""

from __future__ import annotations

from flask import render_template

from lti_tool.healthy import is_well
from lti_tool.persistence.administrators import SignedIn
from lti_tool.release import release
from lti_tool.services.show_health import show_health
from lti_tool.web.admin.access import admin_blueprint, installation_page
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("health")


@blueprint.get("/health")
@installation_page
def show(signed_in: SignedIn) -> str:  # noqa: ARG001
    """Show every finding, each with what to do about it."""
    parts = current_parts()
    now = parts.clock()
    findings = show_health(
        parts.database, version=release(), has_mail=parts.mailer is not None, now=now
    )
    return render_template(
        "admin_health.html", findings=findings, is_well=is_well(findings), at=now
    )
