"""The builder of stacks: the tree form, the text, and two changes put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.building.checks import with_catalogue
from lti_tool.building.comparing import compare_texts
from lti_tool.building.declaring import entries_of
from lti_tool.building.edits import Edits
from lti_tool.building.learners import made_for_text
from lti_tool.building.text import names_of, read_draft
from lti_tool.errors import InvalidInputError, StackTextError
from lti_tool.persistence.launched import Launched
from lti_tool.rule_texts import read_view, write_view
from lti_tool.services.change_draft import Change, Changed, change_draft
from lti_tool.services.show_draft import DraftView, show_aside, show_draft
from lti_tool.stack_yaml import dump
from lti_tool.translating import _
from lti_tool.web import builder_words
from lti_tool.web.builder_view import build_form, id_of
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.session import stacks_page
from lti_tool.web.stacks import place_of
from stacking_rules import LimitExceededError

blueprint = Blueprint("builder", __name__)

DRAFT = "/courses/<uuid:context_uuid>/stacks/drafts/<uuid:draft_uuid>"
VIEWS = ("yaml", "sentence")
LONGEST_FIELD = 100_000
MOST_OFFERED = 200
PAGES = {"go-text": "builder.text", "go-publication": "publication.show"}
"""Buttons that save and then lead on: nothing that was typed is left behind."""


@blueprint.get(DRAFT)
@stacks_page
def show(launched: Launched, draft_uuid: UUID) -> str:
    """Show a draft as a form, as sentences, with its checks and made-up learners."""
    return _render(show_draft(current_parts().database, place_of(launched), draft_uuid), None)


@blueprint.post(DRAFT)
@stacks_page
def change(launched: Launched, draft_uuid: UUID) -> Response:
    """Apply every field of the form, and the button that was pressed."""
    form = Form("draft", request.form)
    form_id, based_on = form.form_id(), revision_of(form)
    edits = Edits(_fields(form), request.form.get("act", "save"))
    changed = _change(launched, draft_uuid, form, Change(based_on, form_id, edits))
    if changed is None:
        view = show_draft(current_parts().database, place_of(launched), draft_uuid)
        return refused(form, lambda: _render(view, form))
    anchor = id_of(changed.place) if changed.place else "main"
    return _onward(launched, draft_uuid, changed, anchor, PAGES.get(edits.act, "builder.show"))


@blueprint.get(f"{DRAFT}/learners")
@stacks_page
def learners(launched: Launched, draft_uuid: UUID) -> str:
    """Show learners made up from the rules: the page of the form fetches them into itself."""
    view = show_draft(current_parts().database, place_of(launched), draft_uuid)
    made = []
    if view.checked.is_publishable:
        names = names_of(view.data, view.catalogue.names)
        text = dump(with_catalogue(view.data, view.catalogue.known, view.catalogue.declared))
        made = [
            (stack, None if found is None else [builder_words.learner(one, names) for one in found])
            for stack, found in made_for_text(text, current_parts().clock().date())
        ]
    return render_template("draft_learners.html", view=view, made=made)


@blueprint.get(f"{DRAFT}/text")
@stacks_page
def text(launched: Launched, draft_uuid: UUID) -> str:
    """Show a draft as YAML, and as sentences where it is whole; both can be changed."""
    view = show_draft(current_parts().database, place_of(launched), draft_uuid)
    return _render_text(view, None)


@blueprint.post(f"{DRAFT}/text")
@stacks_page
def change_text(launched: Launched, draft_uuid: UUID) -> Response:
    """Take a whole text, in one of its views, as the draft."""
    kind = request.form.get("view", "yaml")
    form = Form(kind if kind in VIEWS else "yaml", request.form)
    form_id, based_on = form.form_id(), revision_of(form)
    typed = form.values.get("text", "").replace("\r\n", "\n")
    if kind == "sentence" and not form.errors:
        with catching_line(form):
            typed = write_view(read_view(typed, "sentence"), "yaml")
    changed = _change(launched, draft_uuid, form, Change(based_on, form_id, text=typed))
    if changed is None:
        view = show_draft(current_parts().database, place_of(launched), draft_uuid)
        return refused(form, lambda: _render_text(view, form))
    return _onward(launched, draft_uuid, changed, "main")


@blueprint.get(f"{DRAFT}/merge/<int:number>")
@stacks_page
def merge(launched: Launched, draft_uuid: UUID, number: int) -> str:
    """Show two changes of the same text, to be put together."""
    return _render_merge(launched, draft_uuid, number, None)


@blueprint.post(f"{DRAFT}/merge/<int:number>")
@stacks_page
def put_together(launched: Launched, draft_uuid: UUID, number: int) -> Response:
    """Take one of two texts, or one that somebody has put together."""
    form = Form("merge", request.form)
    form_id, based_on = form.form_id(), revision_of(form)
    view, aside = show_aside(current_parts().database, place_of(launched), draft_uuid, number)
    texts = {"mine": aside.text, "both": form.values.get("text", "").replace("\r\n", "\n")}
    keep = form.values.get("keep", "")
    changed: Changed | None = Changed() if keep == "theirs" and not form.errors else None
    if keep in texts:
        change = Change(based_on, form_id, text=texts[keep])
        changed = _change(launched, draft_uuid, form, change)
    elif keep != "theirs":
        form.errors[""] = _("Choose which text is to be kept.")
    if changed is None:
        return refused(form, lambda: _render_merge(launched, draft_uuid, number, form))
    return _onward(launched, view.uuid, changed, "main")


def revision_of(form: Form) -> int:
    """Return the revision that a page showed, from its form."""
    value = form.values.get("revision", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        form.errors[""] = _("This form is incomplete. Load the page again and repeat the step.")
        return 0
    return int(value)


@contextmanager
def catching_line(form: Form) -> Iterator[None]:
    """Keep what is wrong with a text, with its line, at the field of the text."""
    field = "text" if "text" in form.values else ""
    try:
        yield
    except StackTextError as error:
        form.errors[field] = _("Line {line}: {message}", line=error.line, message=error.message)
    except InvalidInputError as error:
        form.errors[field] = error.message


def _fields(form: Form) -> dict[str, str]:
    found = {}
    for name in form.values:
        if "|" in name:
            found[name] = form.text(name, longest=LONGEST_FIELD)
    return found


def _change(launched: Launched, uuid: UUID, form: Form, change: Change) -> Changed | None:
    if form.errors:
        return None
    parts = current_parts()
    with catching_line(form):
        return change_draft(parts.database, place_of(launched), uuid, change, now=parts.clock())
    return None


def _onward(
    launched: Launched, uuid: UUID, changed: Changed, anchor: str, page: str = "builder.show"
) -> Response:
    course: dict[str, Any] = {"context_uuid": launched.context_uuid, "draft_uuid": uuid}
    if changed.aside:
        return redirect(url_for("builder.merge", **course, number=changed.aside), 303)
    return redirect(url_for(page, **course, _anchor=anchor), 303)


def _render(view: DraftView, form: Form | None) -> str:
    built = build_form(view, form.values if form else None)
    document = view.checked.document
    stacks = document.stacks if document is not None else ()
    return render_template(
        "builder.html",
        view=view,
        built=built,
        form=form,
        form_id=uuid4(),
        kinds=builder_words.KINDS,
        offered=_offered(view),
        states=builder_words.STATES,
        scales=builder_words.scales(view.catalogue.declared, view.data),
        declared=entries_of(view.catalogue.declared),
        sentences={
            stack.key: builder_words.stack_sentences(document, stack, built.names)
            for stack in stacks
            if document is not None
        },
    )


def _offered(view: DraftView) -> list[tuple[str, str]]:
    """Return the catalogue as each group offers it, bounded: a page has many groups."""
    return [
        (f"award:{one.key}", f"{one.name} (award)")
        if one.is_award
        else (f"achievement:{one.key}", one.name)
        for one in view.catalogue.known[:MOST_OFFERED]
    ]


def _render_text(view: DraftView, form: Form | None) -> str:
    sentence = ""
    if view.checked.document is not None:
        try:
            sentence = write_view(view.checked.document, "sentence")
        except LimitExceededError:
            sentence = ""
    return render_template(
        "draft_text.html", view=view, form=form, form_id=uuid4(), sentence=sentence
    )


def _render_merge(launched: Launched, uuid: UUID, number: int, form: Form | None) -> str:
    view, aside = show_aside(current_parts().database, place_of(launched), uuid, number)
    known, declared = view.catalogue.known, view.catalogue.declared
    names = view.catalogue.names
    names |= names_of(read_draft(aside.text), names) | names_of(view.data, names)
    theirs, mine = (
        builder_words.changes(compare_texts(aside.base, text, known, declared), names)
        for text in (view.text, aside.text)
    )
    return render_template(
        "draft_merge.html",
        view=view,
        aside=aside,
        form=form,
        form_id=uuid4(),
        theirs=theirs,
        mine=mine,
    )
