"""The institution's stacks and drafts, and what the versions of a stack changed."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.building.catalogue import Place
from lti_tool.persistence.launched import Launched
from lti_tool.services.delete_draft import delete_draft
from lti_tool.services.list_stacks import list_stacks
from lti_tool.services.show_versions import show_versions
from lti_tool.services.start_draft import start_draft
from lti_tool.web import builder_words
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import stacks_page

blueprint = Blueprint("stacks", __name__)

LONGEST_SENT = 2000


def place_of(launched: Launched) -> Place:
    """Return who works on drafts."""
    return Place(
        launched.institution_id, launched.context_id, launched.learner_id, launched.learner_uuid
    )


@blueprint.get("/courses/<uuid:context_uuid>/stacks")
@stacks_page
def show(launched: Launched) -> str:
    """Show stacks and drafts."""
    return _render(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/stacks")
@stacks_page
def start(launched: Launched) -> Response:
    """Begin a draft, empty or from a published stack."""
    form = Form("start", request.form)
    form_id = form.form_id()
    title = form.text("title", longest=LONGEST_SENT)
    if form.errors:
        return refused(form, lambda: _render(launched, form))
    parts, uuid = current_parts(), None
    with form.catching():
        uuid = start_draft(
            parts.database,
            place_of(launched),
            form_id=form_id,
            now=parts.clock(),
            title=title,
            key=request.form.get("key", ""),
        )
    if uuid is None:
        return refused(form, lambda: _render(launched, form))
    target = url_for("builder.show", context_uuid=launched.context_uuid, draft_uuid=uuid)
    return redirect(target, 303)


@blueprint.post("/courses/<uuid:context_uuid>/stacks/drafts/<uuid:draft_uuid>/deletion")
@stacks_page
def delete(launched: Launched, draft_uuid: UUID) -> Response:
    """Take a draft out of the list."""
    parts = current_parts()
    delete_draft(parts.database, place_of(launched), draft_uuid, now=parts.clock())
    return back(launched, "stacks.show", "draft-deleted")


@blueprint.get("/courses/<uuid:context_uuid>/stacks/versions/<key>")
@stacks_page
def versions(launched: Launched, key: str) -> str:
    """Show the versions of a stack with what each one changed."""
    view = show_versions(current_parts().database, launched.institution_id, key)
    names = view.names
    shown = [
        (
            version,
            builder_words.stack_sentences(version.document, version.document.stacks[0], names),
            None if version.change is None else builder_words.changed(version.change, names),
        )
        for version in view.versions
    ]
    return render_template(
        "stack_versions.html", view=view, shown=shown, form_id=uuid4(), title=launched.context_title
    )


def _render(launched: Launched, form: Form | None) -> str:
    view = list_stacks(current_parts().database, launched.institution_id)
    return render_template(
        "stacks.html",
        view=view,
        form=form,
        form_id=form.values.get("form_id", uuid4()) if form else uuid4(),
        form_ids={row.key: uuid4() for row in view.stacks},
        states=builder_words.STATES,
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )
