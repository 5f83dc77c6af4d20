"""The way of a draft to its publication: what it would change, review, approval, publication."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.building.effects import Effect, LearnerEffect, StackEffects
from lti_tool.building.text import names_of
from lti_tool.errors import ConflictError, ForbiddenError
from lti_tool.persistence.launched import Launched
from lti_tool.services.approve_draft import approve_draft
from lti_tool.services.preview_draft import preview_draft
from lti_tool.services.publish_draft import publish_draft
from lti_tool.services.show_draft import show_draft
from lti_tool.services.submit_draft import submit_draft
from lti_tool.translating import _, listed
from lti_tool.web import builder_words, notice_words
from lti_tool.web.builder import DRAFT, revision_of
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import stacks_page
from lti_tool.web.stacks import place_of

blueprint = Blueprint("publication", __name__)

LONGEST_REASON = 1000
NOTICES = {
    "submit": "draft-submitted",
    "approve": "draft-approved",
    "publish": "draft-published",
}


@blueprint.get(f"{DRAFT}/publication")
@stacks_page
def show(launched: Launched, draft_uuid: UUID) -> str:
    """Show what the publication of a draft would change."""
    return _render(launched, draft_uuid, None)


@blueprint.post(f"{DRAFT}/publication")
@stacks_page
def go_on(launched: Launched, draft_uuid: UUID) -> Response:
    """Submit, approve or publish the revision that the page showed."""
    form = Form("publication", request.form)
    revision = revision_of(form)
    despite = form.text("despite", longest=LONGEST_REASON)
    step = form.values.get("step", "")
    if step not in NOTICES:
        form.errors[""] = _("Choose what is to be done with this draft.")
    if not form.errors:
        try:
            with form.catching():
                _do(step, launched, draft_uuid, revision, despite)
        except (ConflictError, ForbiddenError) as error:
            form.errors[""] = error.message
    if form.errors:
        return refused(form, lambda: _render(launched, draft_uuid, form))
    if step == "publish":
        return back(launched, "stacks.show", NOTICES[step])
    return back(launched, "publication.show", NOTICES[step], draft_uuid=draft_uuid)


def _do(step: str, launched: Launched, uuid: UUID, revision: int, despite: str) -> None:
    parts, place = current_parts(), place_of(launched)
    if step == "publish":
        publish_draft(parts.database, place, uuid, revision, now=parts.clock(), despite=despite)
        return
    decide = approve_draft if step == "approve" else submit_draft
    decide(parts.database, place, uuid, revision, now=parts.clock())


def _render(launched: Launched, uuid: UUID, form: Form | None) -> str:
    parts, place = current_parts(), place_of(launched)
    view = show_draft(parts.database, place, uuid)
    preview = preview_draft(parts.database, place, uuid, now=parts.clock())
    names = names_of(view.data, view.catalogue.names)
    changes = [(change, builder_words.changed(change, names)) for change in preview.changes]
    effects = preview.effects
    return render_template(
        "publication.html",
        view=view,
        form=form,
        changes=changes,
        effects=effects,
        shown=[_effects(stack, names) for stack in effects.stacks] if effects else [],
        states=builder_words.STATES,
        notice_words=notice_words.NOTICES.get(request.args.get("notice", "")),
    )


def _effects(stack: StackEffects, names: dict[str, str]) -> dict[str, object]:
    """Return the lines of one stack by effect, and how many learners of other courses."""
    return {
        "title": stack.title,
        "lines": {
            effect.value: [(one.name, _reason(one, names)) for one in stack.here(effect)]
            for effect in Effect
        },
        "elsewhere": {effect.value: stack.elsewhere(effect) for effect in Effect},
    }


def _reason(one: LearnerEffect, names: dict[str, str]) -> str:
    if one.effect is Effect.GAINS:
        facts = {fact.id: fact for node in one.progress.walk() for fact in node.counted}
        counted = [names.get(fact.achievement, fact.achievement) for fact in facts.values()]
        return _("Counted: {names}.", names=listed(counted, joint="and")) if counted else ""
    if one.is_holder and one.effect is Effect.UNCHANGED:
        return _("Holds the award, and meets the new rule as well.")
    return builder_words.missing(one.steps, names)
