"""The catalogue for its authors: what achievements say of themselves, and what they are about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from lti_tool.credentials import element_words
from lti_tool.credentials.element_text import Description
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.european import missing
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.launched import Launched
from lti_tool.services.align_achievement import align_achievement
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.list_entries import list_entries
from lti_tool.services.search_frameworks import LONGEST_QUERY, FoundItem, search_frameworks
from lti_tool.services.show_entry import Entry, show_entry
from lti_tool.services.unalign_achievement import unalign_achievement
from lti_tool.translating import _, listed
from lti_tool.web.element_fields import read_fields, to_fields
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import stacks_page

blueprint = Blueprint("catalogue_pages", __name__)

RESULTS = 20
CONFLICT = 409
LONGEST_REASON = 500


OFFERED = {
    "participation": element_words.PARTICIPATING,
    "quality": element_words.QUALITY,
    "supervision": element_words.SUPERVISED,
    "stackability": element_words.STACKING,
    "grades": element_words.GRADED,
}


@blueprint.get("/courses/<uuid:context_uuid>/catalogue")
@stacks_page
def index(launched: Launched) -> str:
    """List the competencies and awards of the institution."""
    rows = list_entries(current_parts().database, institution_id=launched.institution_id)
    return render_template(
        "catalogue.html",
        rows=rows,
        course_title=launched.context_title,
    )


@blueprint.get("/courses/<uuid:context_uuid>/catalogue/<uuid:achievement_uuid>")
@stacks_page
def show(launched: Launched, achievement_uuid: UUID) -> str:
    """Show one with its description as a form, its alignments, and a search of frameworks."""
    return _page(launched, _entry(launched, achievement_uuid))


@blueprint.post("/courses/<uuid:context_uuid>/catalogue/<uuid:achievement_uuid>")
@stacks_page
def describe(launched: Launched, achievement_uuid: UUID) -> Response:
    """Take the description; it holds from then on."""
    entry = _entry(launched, achievement_uuid)
    form = Form("describe", request.form)
    elements = read_fields(form)
    despite = form.text("despite", longest=LONGEST_REASON)
    based_on = form.values.get("number", "")
    if not form.errors:
        try:
            describe_achievements(
                current_parts().database,
                institution_key=entry.institution_key,
                descriptions=[Description(entry.key, elements)],
                pictures={},
                despite=despite,
                keeps_pictures=True,
                based_on=int(based_on) if based_on.isascii() and based_on.isdigit() else 0,
                **_by(launched),
            )
        except InvalidInputError as error:
            is_missing = error.code == "elements-missing"
            words = _lacking(elements, entry) if is_missing else _(error.message)
            form.errors["despite" if is_missing else ""] = words
    if form.errors:
        return refused(form, lambda: _page(launched, entry, form=form))
    return _back(launched, entry, "described")


@blueprint.post("/courses/<uuid:context_uuid>/catalogue/<uuid:achievement_uuid>/alignments")
@stacks_page
def align(launched: Launched, achievement_uuid: UUID) -> Response:
    """Align it with an item that the search has found."""
    entry = _entry(launched, achievement_uuid)
    form = Form("align", request.form)
    item = form.chosen("item", "Choose an item among the results.")
    if form.errors:
        return refused(form, lambda: _page(launched, entry, form=form))
    try:
        align_achievement(
            current_parts().database,
            institution_key=entry.institution_key,
            achievement_key=entry.key,
            target=item,
            **_by(launched),
        )
    except ConflictError as error:
        form.errors[""] = _(error.message)
        return make_response(_page(launched, entry, form=form), CONFLICT)
    return _back(launched, entry, "element-aligned", q=form.values.get("q", ""))


@blueprint.post(
    "/courses/<uuid:context_uuid>/catalogue/<uuid:achievement_uuid>"
    "/alignments/<uuid:alignment_uuid>/removal"
)
@stacks_page
def unalign(launched: Launched, achievement_uuid: UUID, alignment_uuid: UUID) -> Response:
    """Take an alignment away."""
    entry = _entry(launched, achievement_uuid)
    unalign_achievement(
        current_parts().database,
        institution_key=entry.institution_key,
        target=alignment_uuid,
        **_by(launched),
    )
    return _back(launched, entry, "element-unaligned")


def _lacking(elements: Elements, entry: Entry) -> str:
    absent = missing(elements, credit_amount=entry.credits)
    names = listed([_(one.label) for one in absent], joint="and")
    return _(
        "It is to be a European micro-credential, and this is missing: {names}. Fill it in above, "
        "or say here why it is missing.",
        names=names,
    )


def _entry(launched: Launched, achievement_uuid: UUID) -> Entry:
    return show_entry(
        current_parts().database,
        institution_id=launched.institution_id,
        achievement_uuid=achievement_uuid,
    )


def _back(launched: Launched, entry: Entry, notice: str, **asked: str) -> Response:
    values = {name: value for name, value in asked.items() if value}
    return back(launched, "catalogue_pages.show", notice, achievement_uuid=entry.uuid, **values)


def _options(entry: Entry) -> dict[str, list[tuple[Any, str]]]:
    """Return what the choices of the form offer; a kind of the institution's own (ext:…) stays."""
    own, kinds = entry.elements.achievement_type, element_words.choices(element_words.KINDS)
    assessed = element_words.choices(element_words.ASSESSED)
    return {
        "types": kinds if own in element_words.KINDS else [*kinds, (own, own)],
        "assessed": list(enumerate(words for _code, words in assessed)),
        **{name: element_words.choices(words) for name, words in OFFERED.items()},
    }


def _found(entry: Entry, q: str) -> list[FoundItem]:
    if not q:
        return []
    return search_frameworks(
        current_parts().database, q, institution_key=entry.institution_key, limit=RESULTS
    )


def _page(launched: Launched, entry: Entry, *, form: Form | None = None) -> str:
    q = (request.values.get("q", "")).replace("\x00", "").strip()[:LONGEST_QUERY]
    return render_template(
        "catalogue_entry.html",
        entry=entry,
        fields=to_fields(entry.elements),
        options=_options(entry),
        q=q,
        found=_found(entry, q),
        aligned={one.url for one in entry.alignments},
        form=form,
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )


def _by(launched: Launched) -> dict[str, Any]:
    return {"actor": str(launched.learner_uuid), "now": current_parts().clock()}
