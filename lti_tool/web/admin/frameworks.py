"""Competency frameworks: search their items, and say what achievements are aligned with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import NotFoundError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.align_achievement import align_achievement
from lti_tool.services.list_alignments import list_alignments
from lti_tool.services.list_frameworks import list_frameworks
from lti_tool.services.search_frameworks import LONGEST_QUERY, FoundItem, search_frameworks
from lti_tool.services.unalign_achievement import unalign_achievement
from lti_tool.web import problems
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import institution_options, read_institution, refusals
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("frameworks")

ALIGN, UNALIGN = "align", "unalign"
RESULTS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the search asks for; it stands in the address, and comes back after an act."""

    institution: str
    q: str = ""
    achievement: str = ""
    framework: str = ""
    language: str = ""

    @property
    def framework_uuid(self) -> UUID | None:
        """Return the chosen framework, None for all of them."""
        try:
            return UUID(self.framework)
        except ValueError:
            return None


@blueprint.get("/frameworks")
@administrator_page
def index(signed_in: SignedIn) -> str | Response:
    """Search frameworks, and show all alignments; JSON gives the results alone."""
    asked = _asked(signed_in, request.args)
    if problems.prefers_json():
        return jsonify({"items": [_as_json(item) for item in _found(asked)]})
    return _page(signed_in, asked)


@blueprint.post("/frameworks/align")
@administrator_page
def align(signed_in: SignedIn) -> AnyResponse:
    """Align the chosen achievement with an item."""
    form = Form(ALIGN, request.form)
    institution = read_institution(form, signed_in)
    item = form.chosen("item", "Choose an item among the results.")
    achievement = form.text("achievement", longest=100)
    if not achievement:
        form.errors["achievement"] = "Choose an achievement, then search again."
    if not form.errors:
        with refusals(form):
            align_achievement(
                current_parts().database,
                institution_key=institution,
                achievement_key=achievement,
                target=item,
                **_by(signed_in),
            )
    return _answer(signed_in, form, "aligned")


@blueprint.post("/frameworks/unalign")
@administrator_page
def unalign(signed_in: SignedIn) -> AnyResponse:
    """Take an alignment away."""
    form = Form(UNALIGN, request.form)
    institution = read_institution(form, signed_in)
    alignment = form.chosen("alignment", "Choose an alignment of the list.")
    if not form.errors:
        unalign_achievement(
            current_parts().database,
            institution_key=institution,
            target=alignment,
            **_by(signed_in),
        )
    return _answer(signed_in, form, "unaligned")


def _answer(signed_in: SignedIn, form: Form, notice: str) -> AnyResponse:
    if form.errors:
        known = {name for name, _ in institution_options(signed_in)}
        values = dict(form.values)
        if values.get("institution") not in known:
            values.pop("institution", None)
        return refused(form, lambda: _page(signed_in, _asked(signed_in, values), form=form))
    asked = asdict(_asked(signed_in, form.values))
    search: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return redirect(url_for("admin_frameworks.index", **search, notice=notice), 303)


def _asked(signed_in: SignedIn, values: Any) -> Asked:
    """Read the search; ``NotFoundError`` for an institution that is not theirs."""
    keys = [key for key, _ in institution_options(signed_in)]
    institution = values.get("institution") or (keys[0] if keys else "")
    if institution not in keys:
        raise NotFoundError("There is no such institution.")
    texts = {
        name: values.get(name, "").replace("\x00", "").strip()[:LONGEST_QUERY]
        for name in ("q", "achievement", "framework", "language")
    }
    return Asked(institution, **texts)


def _found(asked: Asked) -> list[FoundItem]:
    if not asked.q:
        return []
    return search_frameworks(
        current_parts().database,
        asked.q,
        institution_key=asked.institution,
        framework=asked.framework_uuid,
        language=asked.language or None,
        limit=RESULTS,
    )


def _as_json(item: FoundItem) -> dict[str, Any]:
    """Return an item for machines; the order of the list is the ranking."""
    values = asdict(item)
    del values["score"]
    return values


def _page(signed_in: SignedIn, asked: Asked, *, form: Form | None = None) -> str:
    database = current_parts().database
    catalogue = list_alignments(database, institution_key=asked.institution)
    chosen = next((row for row in catalogue if row.key == asked.achievement), None)
    found, frameworks = _found(asked), list_frameworks(database, institution_key=asked.institution)
    return render_template(
        "admin_frameworks.html",
        achievement_options=[(row.key, row.name) for row in catalogue],
        asked=asked,
        catalogue=catalogue,
        chosen=chosen,
        aligned={row.target.target_url for row in chosen.alignments} if chosen else set(),
        form=form,
        found=found,
        attributions=list(dict.fromkeys(item.attribution for item in found if item.attribution)),
        framework_options=[(row.uuid, row.title) for row in frameworks],
        frameworks=frameworks,
        institutions=institution_options(signed_in),
    )


def _by(signed_in: SignedIn) -> dict[str, Any]:
    return {"actor": signed_in.actor, "now": current_parts().clock()}
