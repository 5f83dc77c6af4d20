"""The list of platforms, and the page of one: what is known of it, and its check."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.lti.platform_checks import Finding
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.check_platform import check_platform
from lti_tool.services.list_platforms import list_platforms
from lti_tool.services.show_platform import show_platform
from lti_tool.web.admin import words
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import institution_options
from lti_tool.web.admin.first_steps import first_steps
from lti_tool.web.forms import Form
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("platforms")
blueprint.add_app_template_filter(words.on_page, "on_page")
blueprint.add_app_template_filter(words.refusal, "refusal")
blueprint.add_app_template_filter(words.family, "family_name")
blueprint.add_app_template_filter(words.DEPLOYMENT_WORDS.get, "deployment_state")
blueprint.add_app_template_filter(words.VERDICT_WORDS.get, "verdict")
blueprint.add_app_template_filter(words.scope_name, "scope_name")


@blueprint.get("")
@administrator_page
def home(signed_in: SignedIn) -> Response:  # noqa: ARG001
    """Lead to the platforms: what waits for somebody is there."""
    return redirect(url_for("admin_platforms.index"), 303)


@blueprint.get("/platforms")
@administrator_page
def index(signed_in: SignedIn) -> str:
    """List the platforms, those where something waits for approval first."""
    rows = list_platforms(current_parts().database, within=signed_in.institution_id)
    rows.sort(key=lambda row: not row.waiting)
    return render_template("admin_platforms.html", rows=rows, steps=first_steps(signed_in))


@blueprint.get("/platforms/<uuid:platform>")
@administrator_page
def show(signed_in: SignedIn, platform: UUID) -> str:
    """Show all that is known of a platform, and what can be done with it."""
    return platform_page(signed_in, platform)


@blueprint.post("/platforms/<uuid:platform>/check")
@administrator_page
def check(signed_in: SignedIn, platform: UUID) -> str:
    """Look from here whether the platform works with this tool, and show what was found."""
    parts = current_parts()
    findings = check_platform(
        parts.database,
        parts.http,
        parts.keyring,
        platform,
        clock=parts.clock,
        within=signed_in.institution_id,
    )
    return platform_page(signed_in, platform, findings=findings)


def platform_page(
    signed_in: SignedIn,
    platform: UUID,
    *,
    form: Form | None = None,
    trouble: str = "",
    findings: list[Finding] | None = None,
) -> str:
    """Return the page of a platform, with a form as it was sent or what a check has found."""
    parts = current_parts()
    view = show_platform(parts.database, platform, within=signed_in.institution_id)
    return render_template(
        "admin_platform.html",
        view=view,
        deployments=sorted(view.deployments, key=lambda found: found.state != "pending"),
        addresses=words.tool_addresses(parts.config.public_url),
        institutions=institution_options(signed_in),
        families=words.FAMILIES,
        form=form,
        trouble=trouble,
        findings=findings,
    )
