"""The teacher's page "Connections": what of the course completes a competency by itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError, SourceError
from lti_tool.gathering.rules import LONGEST_EVIDENCE, read_threshold
from lti_tool.persistence.launched import Launched
from lti_tool.services.ask_for_reading import ask_for_reading
from lti_tool.services.change_mapping import change_mapping
from lti_tool.services.end_mapping import end_mapping
from lti_tool.services.list_offers import Offers, list_offers
from lti_tool.services.make_mapping import NewMapping, make_mapping
from lti_tool.services.show_attesting import show_attesting
from lti_tool.services.show_mappings import show_mappings
from lti_tool.services.try_mapping import Tried, try_mapping
from lti_tool.translating import _
from lti_tool.web import connection_words as words
from lti_tool.web import wording
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import instructor_page, recording_page

blueprint = Blueprint("connections", __name__)

LONGEST_CHOICE = 400
LONGEST_NUMBER = 20
BAD_GATEWAY = 502


@blueprint.get("/courses/<uuid:context_uuid>/connections")
@instructor_page
def show(launched: Launched) -> str:
    """Show the connections of the course, and how their last reading went."""
    return _page(launched)


@blueprint.post("/courses/<uuid:context_uuid>/connections/reading")
@recording_page
def read(launched: Launched) -> Response:
    """Let the course be read now; the worker does it."""
    parts = current_parts()
    ask_for_reading(parts.database, context_id=launched.context_id, now=parts.clock())
    return back(launched, "connections.show", "reading-asked")


@blueprint.get("/courses/<uuid:context_uuid>/connect")
@recording_page
def new(launched: Launched) -> str:
    """Show what the course has, and the form to connect something of it."""
    return _new_page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/connect")
@recording_page
def add(launched: Launched) -> Response:
    """Try a connection without recording anything, or keep it."""
    form = Form("connection", request.form)
    is_trial = form.values.get("act") == "try"
    new = _sent(form, is_trial=is_trial)
    tried, trouble = None, ""
    if not form.errors:
        try:
            with form.catching():
                tried = _carry_out(launched, new, is_trial=is_trial)
        except ConflictError as error:
            form.errors[""] = _(error.message)
        except SourceError as error:
            trouble = error.code
    if form.errors:
        return refused(form, lambda: _new_page(launched, form))
    if tried or trouble:
        page = _new_page(launched, form, tried=tried, trouble=trouble)
        return make_response(page, BAD_GATEWAY if trouble else 200)
    return back(launched, "connections.show", "connection-added")


@blueprint.post("/courses/<uuid:context_uuid>/connections/<uuid:mapping_uuid>")
@recording_page
def change(launched: Launched, mapping_uuid: UUID) -> Response:
    """Change from which result on a connection completes, and its text."""
    form = Form(f"c-{mapping_uuid}", request.form)
    threshold = _threshold(form)
    evidence = form.text("evidence_text", longest=LONGEST_EVIDENCE)
    if not form.errors:
        parts = current_parts()
        with form.catching():
            change_mapping(
                parts.database,
                mapping_uuid,
                institution_id=launched.institution_id,
                context_id=launched.context_id,
                threshold=threshold,
                evidence_text=evidence,
                actor=str(launched.learner_uuid),
                now=parts.clock(),
            )
    if form.errors:
        return refused(form, lambda: _page(launched, form))
    return back(launched, "connections.show", "connection-changed")


@blueprint.post("/courses/<uuid:context_uuid>/connections/<uuid:mapping_uuid>/end")
@recording_page
def end(launched: Launched, mapping_uuid: UUID) -> Response:
    """End a connection; what it recorded stays."""
    parts = current_parts()
    end_mapping(
        parts.database,
        mapping_uuid,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return back(launched, "connections.show", "connection-ended")


def _threshold(form: Form) -> Decimal | None:
    text = form.text("threshold", longest=LONGEST_NUMBER)
    with form.catching():
        return read_threshold(text)
    return None


def _sent(form: Form, *, is_trial: bool) -> NewMapping:
    """Return what the form says; a trial needs nothing that would be completed."""
    source, _colon, item = form.text("item", longest=LONGEST_CHOICE).partition("|")
    source_uuid = achievement = UUID(int=0)
    try:
        source_uuid = UUID(source)
    except ValueError:
        form.errors["item"] = _("Choose something that the course has now.")
    if not is_trial:
        achievement = form.chosen("achievement", _("Choose what is completed."))
    threshold = _threshold(form)
    evidence = form.text("evidence_text", longest=LONGEST_EVIDENCE)
    return NewMapping(source_uuid, item, achievement, threshold, evidence)


def _carry_out(launched: Launched, new: NewMapping, *, is_trial: bool) -> Tried | None:
    """Try a connection, or keep it."""
    parts = current_parts()
    if is_trial:
        return try_mapping(
            parts.database,
            parts.sources,
            institution_id=launched.institution_id,
            context_id=launched.context_id,
            source_uuid=new.source_uuid,
            item=new.item,
            threshold=new.threshold,
            evidence_text=new.evidence_text,
        )
    make_mapping(
        parts.database,
        parts.sources,
        new,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        created_by=launched.learner_id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return None


def _page(launched: Launched, form: Form | None = None) -> str:
    view = show_mappings(current_parts().database, context_id=launched.context_id)
    return render_template(
        "connections.html",
        view=view,
        form=form,
        words=words,
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )


def _new_page(
    launched: Launched, form: Form | None, *, tried: Tried | None = None, trouble: str = ""
) -> str:
    parts = current_parts()
    found = list_offers(parts.database, parts.sources, context_id=launched.context_id)
    return render_template(
        "connection_new.html",
        offers=found,
        item_options=_options(found),
        achievement_options=_achievements(launched),
        form=form,
        tried=tried,
        trouble=trouble,
        words=words,
        course_title=launched.context_title,
    )


def _options(found: Sequence[Offers]) -> list[tuple[str, str]]:
    several = len(found) > 1
    return [
        (
            f"{one.source_uuid}|{item.kind}:{item.key}",
            words.item(item.kind, item.name) + (f" ({one.source_name})" if several else ""),
        )
        for one in found
        for item in one.items
    ]


def _achievements(launched: Launched) -> list[tuple[UUID, str]]:
    view = show_attesting(
        current_parts().database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        achievement_uuid=None,
        name="",
        is_missing_only=False,
    )
    return [(one.uuid, wording.option(one)) for one in view.competencies]
