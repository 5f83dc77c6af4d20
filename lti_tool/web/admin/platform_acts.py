"""What an administrator decides about a platform: who is let in, its settings, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.change_platform import LONGEST_NAME, PlatformChanges, change_platform
from lti_tool.services.remove_platform import remove_platform
from lti_tool.services.revoke_deployment import revoke_deployment
from lti_tool.services.switch_platform import switch_platform
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import read_family, read_institution, read_lines, refusals
from lti_tool.web.admin.platforms import platform_page
from lti_tool.web.admin.words import on_page
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("platform_acts")

CONFLICT = 409
LONGEST_REASON = 500


@blueprint.post("/platforms/<uuid:platform>/approve")
@administrator_page
def approve(signed_in: SignedIn, platform: UUID) -> Response:
    """Let an installation in, one that waits or one that is yet to come."""
    form = Form("approve", request.form)
    deployment_id = form.values.get("deployment_id", "").strip()
    institution = read_institution(form, signed_in)
    if not form.errors:
        with refusals(form):
            approve_deployment(
                current_parts().database, platform, deployment_id, institution, **_by(signed_in)
            )
    if form.errors:
        return refused(form, lambda: platform_page(signed_in, platform, form=form))
    return _back(platform, "approved")


@blueprint.post("/platforms/<uuid:platform>/revoke")
@administrator_page
def revoke(signed_in: SignedIn, platform: UUID) -> Response:
    """Let an installation in no longer."""
    deployment_id = request.form.get("deployment_id", "")
    revoke_deployment(current_parts().database, platform, deployment_id, **_by(signed_in))
    return _back(platform, "revoked")


@blueprint.post("/platforms/<uuid:platform>/switch-on")
@administrator_page
def switch_on(signed_in: SignedIn, platform: UUID) -> Response:
    """Let a platform launch again, or confirm one that waits for it."""
    switch_platform(current_parts().database, platform, is_enabled=True, **_by(signed_in))
    return _back(platform, "switched-on")


@blueprint.post("/platforms/<uuid:platform>/switch-off")
@administrator_page
def switch_off(signed_in: SignedIn, platform: UUID) -> Response:
    """Refuse all launches of a platform and call none of its services."""
    form = Form("switch", request.form)
    reason = form.text("reason", longest=LONGEST_REASON)
    if form.errors:
        return refused(form, lambda: platform_page(signed_in, platform, form=form))
    switch_platform(
        current_parts().database,
        platform,
        is_enabled=False,
        reason=reason or None,
        **_by(signed_in),
    )
    return _back(platform, "switched-off")


@blueprint.post("/platforms/<uuid:platform>/settings")
@administrator_page
def change(signed_in: SignedIn, platform: UUID) -> Response:
    """Enter what an administrator decides about a platform."""
    form = Form("settings", request.form)
    is_choosing = signed_in.institution_id is None and bool(form.values.get("institution"))
    changes = PlatformChanges(
        name=form.text("name", longest=LONGEST_NAME),
        family=read_family(form),
        institution_key=read_institution(form, signed_in) if is_choosing else None,
        approves_deployments="approves_deployments" in form.values,
        hosts=read_lines(form, "hosts"),
        frame_origins=read_lines(form, "frame_origins"),
    )
    if not form.errors:
        with refusals(form):
            change_platform(current_parts().database, platform, changes, **_by(signed_in))
    if form.errors:
        return refused(form, lambda: platform_page(signed_in, platform, form=form))
    return _back(platform, "changed")


@blueprint.post("/platforms/<uuid:platform>/remove")
@administrator_page
def remove(signed_in: SignedIn, platform: UUID) -> Response:
    """Remove a platform by which nobody has come."""
    try:
        remove_platform(current_parts().database, platform, **_by(signed_in))
    except ConflictError as error:
        page = platform_page(signed_in, platform, trouble=on_page(error.message))
        return make_response(page, CONFLICT)
    return redirect(url_for("admin_platforms.index", notice="removed"), 303)


def _by(signed_in: SignedIn) -> dict[str, Any]:
    """Return who decides, when, and for which institution alone: every use case asks for it."""
    now = current_parts().clock()
    return {"actor": signed_in.actor, "now": now, "within": signed_in.institution_id}


def _back(platform: UUID, notice: str) -> Response:
    return redirect(url_for("admin_platforms.show", platform=platform, notice=notice), 303)
