"""A registrar looks at drafts before they are approved: what each would do to all learners."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.building.simulated import AtRequirement, Example, StackResult
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.rule_words import say
from lti_tool.services.show_simulation import (
    SimulationView,
    list_simulated_drafts,
    show_simulation,
)
from lti_tool.services.start_simulation import start_simulation
from lti_tool.web import builder_words
from lti_tool.web.admin.access import admin_blueprint, registrar_page
from lti_tool.web.parts import current_parts
from stacking_rules import Message

blueprint = admin_blueprint("simulations")

CONFLICT, REFUSED = 409, 422

EFFECTS = {
    "gains": "Would receive the award",
    "keeps": "Would not meet it any more; the award already made stays",
    "misses": "Qualify now without an award, and would not any more",
    "up": "Come nearer to it",
    "down": "Are farther from it",
    "undecided": "Not decided: the search reached its limit",
    "unchanged": "Nothing changes",
}
"""What is said of each effect, in the order of the page."""


@blueprint.get("/drafts")
@registrar_page
def index(signed_in: SignedIn, institution_id: int) -> str:  # noqa: ARG001
    """List the drafts of the institution."""
    rows = list_simulated_drafts(current_parts().database, institution_id=institution_id)
    return render_template("admin_drafts.html", rows=rows, states=builder_words.STATES)


@blueprint.get("/drafts/<uuid:draft>")
@registrar_page
def show(signed_in: SignedIn, institution_id: int, draft: UUID) -> str:  # noqa: ARG001
    """Show what the publication of a draft would do, as far as it is computed."""
    return _page(institution_id, draft)


@blueprint.post("/drafts/<uuid:draft>/simulation")
@registrar_page
def start(signed_in: SignedIn, institution_id: int, draft: UUID) -> Response:
    """Let it be computed, anew if it was before."""
    parts = current_parts()
    try:
        start_simulation(
            parts.database,
            draft,
            institution_id=institution_id,
            actor=signed_in.actor,
            now=parts.clock(),
        )
    except (ConflictError, InvalidInputError) as error:
        status = CONFLICT if isinstance(error, ConflictError) else REFUSED
        return make_response(_page(institution_id, draft, trouble=error.message), status)
    return redirect(url_for("admin_simulations.show", draft=draft), 303)


def _page(institution_id: int, draft: UUID, *, trouble: str = "") -> str:
    view = show_simulation(current_parts().database, draft, institution_id=institution_id)
    return render_template(
        "admin_simulation.html",
        view=view,
        trouble=trouble,
        states=builder_words.STATES,
        effects=EFFECTS,
        place=lambda one: _place(view.names, one),
        who=lambda example: _who(view, example),
        why=lambda example: _why(view.names, example),
        headline=_headline,
    )


def _headline(stack: StackResult) -> str:
    """Return one sentence on a stack."""
    gains, fails = stack.effects["gains"], stack.effects["keeps"] + stack.effects["misses"]
    moves = stack.effects["up"] + stack.effects["down"]
    return (
        f"{gains:,} would receive the award, {fails:,} would not meet it any more, the progress of "
        f"{moves:,} moves, and for {stack.effects['unchanged']:,} nothing changes."
    )


def _place(names: Mapping[str, str], one: AtRequirement) -> str:
    if one.address == "/":
        return "The whole: how many parts are needed, or what counts where"
    # A part without an id of its own goes by the key of what it asks for.
    return one.title or names.get(one.address.removeprefix("/"), one.address)


def _who(view: SimulationView, example: Example) -> tuple[UUID | None, str]:
    """Return uuid and name of a learner; no uuid for one who is not there any more."""
    found = view.people.get(example.learner_id)
    return (None, "Nobody any more") if found is None else (found[0], found[1] or "Without a name")


def _why(names: Mapping[str, str], example: Example) -> str:
    sentences = []
    for _at, key, values in example.why:
        said = dict(values)
        if "achievement" in said:
            said["achievement"] = names.get(said["achievement"], said["achievement"])
        sentences.append(say(Message(key, said)))
    return "; ".join(sentences)
