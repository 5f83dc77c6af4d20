"""Evidence sources of the institutions, for administrators: add, check, new token, off and on."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import NotFoundError
from lti_tool.gathering.opening import LONGEST_TOKEN, MOODLE
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.add_evidence_source import (
    LONGEST_NAME,
    LONGEST_URL,
    NewSource,
    add_evidence_source,
)
from lti_tool.services.ask_for_reading import ask_for_reading
from lti_tool.services.change_evidence_source import SourceAct, change_evidence_source
from lti_tool.services.check_evidence_source import Checked, check_evidence_source
from lti_tool.services.list_evidence_sources import SourceRow, list_evidence_sources
from lti_tool.services.list_installations import list_installations
from lti_tool.sources.source_problems import WHAT, WHAT_TO_DO
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("sources")

ACTS = {"enable": SourceAct.ENABLE, "disable": SourceAct.DISABLE, "remove": SourceAct.REMOVE}


@blueprint.get("/sources")
@administrator_page
def index(signed_in: SignedIn) -> str:
    """List the sources, and the form for a new one."""
    return _index(signed_in, None)


@blueprint.post("/sources")
@administrator_page
def add(signed_in: SignedIn) -> Response:
    """Keep a new source; its page offers the check."""
    form = Form("source", request.form)
    deployment = form.chosen("deployment", "Choose the installation.")
    key = _institution(form, signed_in, deployment)
    new = NewSource(
        MOODLE,
        form.text("name", longest=LONGEST_NAME),
        form.text("base_url", longest=LONGEST_URL),
        form.text("token", longest=LONGEST_TOKEN),
        deployment,
    )
    parts = current_parts()
    if not form.errors:
        with form.catching():
            made = add_evidence_source(
                parts.database,
                parts.sources,
                institution_key=key,
                new=new,
                actor=signed_in.actor,
                now=parts.clock(),
            )
            return redirect(url_for("admin_sources.show", uuid=made, notice="source-added"), 303)
    # A token is never sent back, not even to whoever typed it.
    form.values = {**form.values, "token": ""}
    return refused(form, lambda: _index(signed_in, form))


@blueprint.get("/sources/<uuid:uuid>")
@administrator_page
def show(signed_in: SignedIn, uuid: UUID) -> str:
    """Show one source and how its courses stand."""
    return _page(signed_in, uuid)


@blueprint.post("/sources/<uuid:uuid>/check")
@administrator_page
def check(signed_in: SignedIn, uuid: UUID) -> str:
    """Ask the source whether all is in order, and say what is missing."""
    parts = current_parts()
    checked = check_evidence_source(
        parts.database,
        parts.sources,
        uuid,
        within=signed_in.institution_id,
        now=parts.clock(),
    )
    return _page(signed_in, uuid, checked=checked)


@blueprint.post("/sources/<uuid:uuid>/reading")
@administrator_page
def read(signed_in: SignedIn, uuid: UUID) -> Response:
    """Let all courses of the source be read now."""
    parts = current_parts()
    ask_for_reading(
        parts.database, source_uuid=uuid, within=signed_in.institution_id, now=parts.clock()
    )
    return redirect(url_for("admin_sources.show", uuid=uuid, notice="source-read"), 303)


@blueprint.post("/sources/<uuid:uuid>/token")
@administrator_page
def token(signed_in: SignedIn, uuid: UUID) -> Response:
    """Keep a new token instead of the one before."""
    form = Form("token", request.form)
    typed = form.text("token", longest=LONGEST_TOKEN)
    if not form.errors:
        with form.catching():
            _change(signed_in, uuid, SourceAct.TOKEN, typed)
    form.values = {}
    if form.errors:
        return refused(form, lambda: _page(signed_in, uuid, form=form))
    return redirect(url_for("admin_sources.show", uuid=uuid, notice="source-token"), 303)


@blueprint.post("/sources/<uuid:uuid>/switch")
@administrator_page
def switch(signed_in: SignedIn, uuid: UUID) -> Response:
    """Switch a source off or on, or take it away."""
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFoundError("There is no such button.")
    _change(signed_in, uuid, act)
    if act is SourceAct.REMOVE:
        return redirect(url_for("admin_sources.index", notice="source-remove"), 303)
    return redirect(url_for("admin_sources.show", uuid=uuid, notice=f"source-{act.value}"), 303)


def _change(signed_in: SignedIn, uuid: UUID, act: SourceAct, typed: str = "") -> None:
    parts = current_parts()
    change_evidence_source(
        parts.database,
        parts.sources,
        uuid,
        act,
        token=typed,
        within=signed_in.institution_id,
        actor=signed_in.actor,
        now=parts.clock(),
    )


def _institution(form: Form, signed_in: SignedIn, deployment: UUID) -> str:
    """Return the institution of the chosen installation, among those that are theirs."""
    for one in list_installations(current_parts().database, within=signed_in.institution_id):
        if one.uuid == deployment:
            return one.institution_key
    form.errors["deployment"] = "Choose the installation."
    return ""


def _index(signed_in: SignedIn, form: Form | None) -> str:
    database = current_parts().database
    installations = list_installations(database, within=signed_in.institution_id)
    several = len({one.institution_key for one in installations}) > 1
    return render_template(
        "admin_sources.html",
        rows=list_evidence_sources(database, within=signed_in.institution_id),
        installations=[
            (one.uuid, f"{one.institution}: {one.name}" if several else one.name)
            for one in installations
        ],
        what=WHAT,
        form=form,
    )


def _page(
    signed_in: SignedIn, uuid: UUID, *, checked: Checked | None = None, form: Form | None = None
) -> str:
    row = _row(signed_in, uuid)
    return render_template(
        "admin_source.html",
        row=row,
        checked=checked,
        form=form,
        what=WHAT,
        what_to_do=WHAT_TO_DO,
    )


def _row(signed_in: SignedIn, uuid: UUID) -> SourceRow:
    rows = list_evidence_sources(current_parts().database, within=signed_in.institution_id)
    for row in rows:
        if row.uuid == uuid:
            return row
    raise NotFoundError("There is no such evidence source.")
