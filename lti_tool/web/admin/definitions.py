"""What an institution declares for all its rules: one page for each kind, and all versions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.building.declaring import DeclaredChange, in_words
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.set_definitions import LONGEST_REASON, NewDefinitions, set_definitions
from lti_tool.services.show_definitions import DefinitionsView, show_definitions
from lti_tool.web.admin.access import admin_blueprint, registrar_page
from lti_tool.web.admin.definition_sheets import (
    SHEETS,
    Item,
    Read,
    change_items,
    data_of,
    items_of,
    read_items,
    shown_items,
    values_of,
)
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("definitions")

CONFLICT = 409
FORM = "definitions"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of one kind shows beside the institution's own: the sheet, and what is said."""

    items: list[Item]
    number: int
    form: Form
    focus: str = ""
    changes: tuple[DeclaredChange, ...] | None = None
    trouble: str = ""
    based_on: int | None = None


@blueprint.get("/definitions")
@registrar_page
def index(signed_in: SignedIn, institution_id: int) -> str:  # noqa: ARG001
    """Show everything that is declared, and every version."""
    view = show_definitions(current_parts().database, within=institution_id)
    return render_template("admin_definitions.html", view=view, sheets=SHEETS, in_words=in_words)


@blueprint.get("/definitions/<kind>")
@registrar_page
def show(signed_in: SignedIn, institution_id: int, kind: str) -> str:  # noqa: ARG001
    """Show what is declared of one kind as a form."""
    _expect_kind(kind)
    view = show_definitions(current_parts().database, within=institution_id)
    items = items_of(kind, view.declared.get(kind))
    return _page(view, kind, Shown(items, view.number, Form(FORM, {})))


@blueprint.post("/definitions/<kind>")
@registrar_page
def change(signed_in: SignedIn, institution_id: int, kind: str) -> Response:
    """Add and remove rows, show what would change, or save the next version."""
    _expect_kind(kind)
    form = Form(FORM, request.form)
    number = _number(form)
    items = read_items(kind, form)
    act = form.values.get("act", "check")
    if act not in ("check", "save"):
        focus = change_items(kind, items, act)
        shown = Shown(items, number, form, focus)
        return _answer(institution_id, kind, shown)
    new = _new(kind, items, form, number)
    is_dry = act == "check"
    try:
        changes = None if form.errors else _set(signed_in, institution_id, new, form, is_dry=is_dry)
    except ConflictError as error:
        trouble = Shown(items, number, form, trouble=error.message, based_on=number)
        return make_response(_answer(institution_id, kind, trouble), CONFLICT)
    shown = Shown(items, number, form, changes=changes)
    if form.errors or changes is None:
        return refused(form, lambda: _html(institution_id, kind, shown))
    if is_dry:
        return _answer(institution_id, kind, shown)
    notice = "definitions-set" if changes else "definitions-same"
    return redirect(url_for("admin_definitions.show", kind=kind, notice=notice), 303)


@dataclass(frozen=True, slots=True)
class _Sent:
    new: NewDefinitions
    read: Read
    kind: str


def _new(kind: str, items: list[Item], form: Form, number: int) -> _Sent:
    read = data_of(kind, items, form)
    reason = form.text("reason", longest=LONGEST_REASON)
    return _Sent(NewDefinitions(read.data, (kind,), number, reason), read, kind)


def _set(
    signed_in: SignedIn, institution_id: int, sent: _Sent, form: Form, *, is_dry: bool
) -> tuple[DeclaredChange, ...] | None:
    """Return what differs; None with the error at its field where the engine refuses it."""
    parts = current_parts()
    try:
        return set_definitions(
            parts.database,
            sent.new,
            actor=signed_in.actor,
            now=parts.clock(),
            within=institution_id,
            is_dry=is_dry,
        ).changes
    except InvalidInputError as error:
        place = error.field or ""
        if place == "reason":
            form.errors["reason"] = error.message
        elif place.startswith(f"/{sent.kind}"):
            form.errors[sent.read.field_at(place)] = error.message
        else:
            form.errors[""] = _elsewhere(place, error.message)
    return None


def _elsewhere(place: str, message: str) -> str:
    """Say that something of another kind would no longer fit."""
    other = SHEETS.get(place.removeprefix("/").partition("/")[0])
    return f"Something under “{other.title}” would no longer fit: {message}" if other else message


def _expect_kind(kind: str) -> None:
    if kind not in SHEETS:
        raise NotFoundError("There is no such page.")


def _number(form: Form) -> int:
    value = form.values.get("number", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        form.errors[""] = "This form is incomplete. Load the page again and repeat the step."
        return 0
    return int(value)


def _answer(institution_id: int, kind: str, shown: Shown) -> Response:
    return make_response(_html(institution_id, kind, shown))


def _html(institution_id: int, kind: str, shown: Shown) -> str:
    view = show_definitions(current_parts().database, within=institution_id)
    return _page(view, kind, shown)


def _page(view: DefinitionsView, kind: str, shown: Shown) -> str:
    items = shown_items(kind, shown.items)
    values = {"reason": shown.form.values.get("reason", ""), **values_of(items)}
    is_old = shown.based_on is not None
    return render_template(
        "admin_definition.html",
        view=view,
        kind=kind,
        sheet=SHEETS[kind],
        items=items,
        number=view.number if is_old else shown.number,
        form=Form(FORM, values, shown.form.errors),
        shown=shown,
        theirs=view.since(shown.based_on, kind) if shown.based_on is not None else (),
        uses=view.uses.get(kind, ()),
        in_words=in_words,
    )
