"""The queue of evidence: what waits, one piece after the other, or many at once."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError
from lti_tool.persistence.launched import Launched
from lti_tool.services.accept_many import AcceptedRow, accept_many
from lti_tool.services.decide_evidence import decide_evidence
from lti_tool.services.open_evidence import OpenedEvidence, open_evidence
from lti_tool.services.show_queue import MOST_SHOWN, show_queue
from lti_tool.translating import _
from lti_tool.web import class_wording
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.session import instructor_page, recording_page

blueprint = Blueprint("queue", __name__)

LONGEST_GRADE = 40
LONGEST_LABEL = 100
LONGEST_NAME = 100
LONGEST_NOTE = 2000


@blueprint.get("/courses/<uuid:context_uuid>/queue")
@instructor_page
def show(launched: Launched) -> str:
    """Show what waits, the oldest first."""
    return _list_page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/queue")
@recording_page
def accept(launched: Launched) -> Response | str:
    """Show what accepting the ticked pieces leads to, or accept them."""
    # Nothing ticked is no field at all, and yet it is the field that is wrong.
    form = Form("queue", {"evidence": "", **request.form})
    is_done = form.values.get("step") == "confirm"
    rows = _accept(launched, form, is_dry_run=not is_done)
    if rows is None:
        return refused(form, lambda: _list_page(launched, form))
    return render_template(
        "queue_accept.html",
        rows=rows,
        form=form,
        is_done=is_done,
        course_title=launched.context_title,
    )


@blueprint.get("/courses/<uuid:context_uuid>/queue/<uuid:evidence_uuid>")
@recording_page
def piece(launched: Launched, evidence_uuid: UUID) -> str:
    """Open one piece, which is then nobody else's for a quarter of an hour."""
    return _piece_page(launched, evidence_uuid, None)


@blueprint.post("/courses/<uuid:context_uuid>/queue/<uuid:evidence_uuid>")
@recording_page
def decide(launched: Launched, evidence_uuid: UUID) -> Response:
    """Accept or return the piece that is open, and go on to the next one."""
    form = Form("decide", request.form)
    level = form.text("level", longest=LONGEST_LABEL)
    grade = form.text("grade", longest=LONGEST_GRADE)
    note = form.text("note", longest=LONGEST_NOTE)
    is_accepted = form.values.get("decision") == "accept"
    if form.values.get("decision") not in ("accept", "return"):
        form.errors[""] = _("Choose whether the evidence is accepted or returned.")
    # Where to go on is asked before: a decided piece has no place in the queue any more.
    opened = _open(launched, evidence_uuid)
    notice = "evidence-accepted" if is_accepted else "evidence-returned"
    if not form.errors:
        with form.catching():
            is_new = _decide(
                launched,
                evidence_uuid,
                is_accepted=is_accepted,
                level=level,
                grade=grade,
                note=note,
            )
            return _go_on(launched, opened, notice if is_new else "evidence-decided")
    return refused(form, lambda: _piece_page(launched, evidence_uuid, form))


def _decide(
    launched: Launched, evidence_uuid: UUID, *, is_accepted: bool, level: str, grade: str, note: str
) -> bool:
    """Decide on a piece; False where that was done before (a double click, Back)."""
    parts = current_parts()
    try:
        decide_evidence(
            parts.database,
            institution_id=launched.institution_id,
            context_id=launched.context_id,
            evidence_uuid=evidence_uuid,
            is_accepted=is_accepted,
            grade=grade,
            note=note,
            decided_by=launched.learner_id,
            now=parts.clock(),
            level=level,
        )
    except ConflictError as error:
        if error.code == "evidence-open":
            raise
        return False
    return True


def _go_on(launched: Launched, opened: OpenedEvidence, notice: str) -> Response:
    """Return the way to the next piece, or to the list after the last one."""
    following = opened.after or opened.before
    if following is None:
        target = url_for("queue.show", context_uuid=launched.context_uuid, notice=notice)
    else:
        target = url_for(
            "queue.piece",
            context_uuid=launched.context_uuid,
            evidence_uuid=following,
            notice=notice,
            competency=request.args.get("competency"),
        )
    return redirect(target, 303)


def _accept(launched: Launched, form: Form, *, is_dry_run: bool) -> tuple[AcceptedRow, ...] | None:
    grade = form.text("grade", longest=LONGEST_GRADE)
    note = form.text("note", longest=LONGEST_NOTE)
    try:
        ticked = [UUID(value) for value in request.form.getlist("evidence")]
    except ValueError:
        form.errors["evidence"] = _("Tick the pieces of evidence again.")
    if form.errors:
        return None
    parts = current_parts()
    with form.catching():
        return accept_many(
            parts.database,
            institution_id=launched.institution_id,
            context_id=launched.context_id,
            evidence_uuids=ticked,
            grade=grade,
            note=note,
            decided_by=launched.learner_id,
            is_dry_run=is_dry_run,
            now=parts.clock(),
        )
    return None


def _competency() -> UUID | None:
    """Return the competency to which the address narrows the queue."""
    try:
        return UUID(request.args.get("competency", ""))
    except ValueError:
        return None


def _list_page(launched: Launched, form: Form | None) -> str:
    parts = current_parts()
    name = request.args.get("q", "").strip().replace("\x00", "")[:LONGEST_NAME]
    view = show_queue(
        parts.database,
        context_id=launched.context_id,
        viewer_id=launched.learner_id,
        achievement_uuid=_competency(),
        name=name,
        now=parts.clock(),
    )
    return render_template(
        "queue.html",
        view=view,
        form=form,
        name=name,
        competency=_competency(),
        ticked=set(request.form.getlist("evidence")),
        most_shown=MOST_SHOWN,
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )


def _open(launched: Launched, evidence_uuid: UUID) -> OpenedEvidence:
    parts = current_parts()
    return open_evidence(
        parts.database,
        context_id=launched.context_id,
        evidence_uuid=evidence_uuid,
        viewer_id=launched.learner_id,
        achievement_uuid=_competency(),
        now=parts.clock(),
    )


def _piece_page(launched: Launched, evidence_uuid: UUID, form: Form | None) -> str:
    found = _open(launched, evidence_uuid)
    return render_template(
        "queue_piece.html",
        piece=found,
        form=form,
        competency=_competency(),
        level_options=[
            (label, class_wording.level(label, grade, found.scale)) for label, grade in found.levels
        ],
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )
