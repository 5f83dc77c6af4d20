"""The teacher's page of tables (CSV): take the course away, bring completions, look before."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from lti_tool.attesting.tables import LARGEST, write_table
from lti_tool.persistence.launched import Launched
from lti_tool.services.export_course import export_course
from lti_tool.services.import_sheet import Imported, import_sheet
from lti_tool.services.stage_sheet import stage_sheet
from lti_tool.translating import _
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.session import instructor_page, recording_page

blueprint = Blueprint("sheets", __name__)

OVERHEAD = 8 * 1024
"""What a form with a file has beside the file: its token, its boundaries."""

MOST_ROWS_SHOWN = 500


def _taking_a_file(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a request be as large as the largest table; all others stay as small as they are."""

    @wraps(view)
    def larger(**values: Any) -> Any:
        request.max_content_length = LARGEST + OVERHEAD
        return view(**values)

    return larger


@blueprint.get("/courses/<uuid:context_uuid>/tables")
@instructor_page
def show(launched: Launched) -> str:
    """Show what can be downloaded and how a table is to be made."""
    return _page(launched, None)


@blueprint.get("/courses/<uuid:context_uuid>/roster.csv")
@instructor_page
def export_roster(launched: Launched) -> Response:
    """Give the learners with progress and awards as a table."""
    return _export(launched, is_roster=True)


@blueprint.get("/courses/<uuid:context_uuid>/completions.csv")
@instructor_page
def export_completions(launched: Launched) -> Response:
    """Give what is recorded in the course as a table, which can be uploaded again."""
    return _export(launched, is_roster=False)


def _export(launched: Launched, *, is_roster: bool) -> Response:
    parts = current_parts()
    sheet = export_course(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        exported_by=launched.learner_id,
        is_roster=is_roster,
        now=parts.clock(),
    )
    name = "roster.csv" if is_roster else "completions.csv"
    answer = make_response(
        write_table(sheet.header, sheet.rows, has_mark=request.args.get("mark") == "1")
    )
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/courses/<uuid:context_uuid>/tables")
@_taking_a_file
@recording_page
def upload(launched: Launched) -> Any:
    """Keep a table for an hour and show what it would lead to."""
    form = Form("upload", request.form)
    content = _content()
    if not content:
        form.errors["file"] = _("Choose a file that is not empty.")
    parts = current_parts()
    sheet_uuid = None
    if not form.errors:
        # The field is a file, so it is not among the values of the form.
        form = Form("upload", {**request.form, "file": ""})
        with form.catching():
            sheet_uuid = stage_sheet(
                parts.database,
                context_id=launched.context_id,
                uploaded_by=launched.learner_id,
                content=content,
                now=parts.clock(),
            )
    if sheet_uuid is None:
        return refused(form, lambda: _page(launched, form))
    target = url_for("sheets.look", context_uuid=launched.context_uuid, sheet_uuid=sheet_uuid)
    return redirect(target, 303)


@blueprint.get("/courses/<uuid:context_uuid>/tables/<uuid:sheet_uuid>")
@recording_page
def look(launched: Launched, sheet_uuid: UUID) -> str:
    """Show row by row what a table would lead to."""
    return _rows(launched, sheet_uuid, is_dry_run=True)


@blueprint.post("/courses/<uuid:context_uuid>/tables/<uuid:sheet_uuid>")
@recording_page
def confirm(launched: Launched, sheet_uuid: UUID) -> str:
    """Record the good rows of a table."""
    return _rows(launched, sheet_uuid, is_dry_run=False)


def _content() -> bytes:
    """Return the file that was sent; none is an empty one. Large ones lie on disk: closed here."""
    given = request.files.get("file")
    if given is None:
        return b""
    with given.stream as stream:
        return stream.read()


def _rows(launched: Launched, sheet_uuid: UUID, *, is_dry_run: bool) -> str:
    parts = current_parts()
    found: Imported = import_sheet(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        recorded_by=launched.learner_id,
        sheet_uuid=sheet_uuid,
        is_dry_run=is_dry_run,
        now=parts.clock(),
    )
    # What needs a person comes first, then what is new, in the order of the file.
    rows = sorted(found.rows, key=lambda row: (row.outcome is not None, row.outcome != "new"))
    return render_template(
        "sheet.html",
        found=found,
        rows=rows[:MOST_ROWS_SHOWN],
        sheet_uuid=sheet_uuid,
        is_done=not is_dry_run,
        course_title=launched.context_title,
    )


def _page(launched: Launched, form: Form | None) -> str:
    return render_template("sheets.html", form=form, course_title=launched.context_title)
