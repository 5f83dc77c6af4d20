"""A registrar's cases: what learners ask, the facts beside it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.excepting import LONGEST_REASON, LONGEST_URL, NewException
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.decline_request import decline_request
from lti_tool.services.grant_exception import grant_exception
from lti_tool.services.list_cases import SHORTEST, list_cases
from lti_tool.services.preview_exception import preview_exception
from lti_tool.services.show_case import CaseView, show_case
from lti_tool.services.show_progress import ProgressView
from lti_tool.web import case_words, wording
from lti_tool.web.admin.access import admin_blueprint, registrar_page
from lti_tool.web.forms import Form, refused
from lti_tool.web.outline import build_page
from lti_tool.web.parts import current_parts
from stacking_rules import Fact, Step

blueprint = admin_blueprint("cases")

CONFLICT = 409
LONGEST_SEARCH = 200
SHORT = 200


@blueprint.get("/cases")
@registrar_page
def index(signed_in: SignedIn, institution_id: int) -> str:  # noqa: ARG001
    """List what waits for an answer, and the learners that were searched for."""
    said = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    cases = list_cases(current_parts().database, institution_id=institution_id, search=said)
    return render_template(
        "admin_cases.html", cases=cases, said=said, shortest=SHORTEST, words=case_words, form=None
    )


@blueprint.get("/cases/<uuid:asked>")
@registrar_page
def show(signed_in: SignedIn, institution_id: int, asked: UUID) -> str:  # noqa: ARG001
    """Show a request with the learner's standing, history and earlier decisions."""
    return _page(_case(institution_id, asked=asked))


@blueprint.post("/cases/<uuid:asked>/decline")
@registrar_page
def decline(signed_in: SignedIn, institution_id: int, asked: UUID) -> Response:
    """Answer a request in words alone."""
    form = Form("decline", request.form)
    answer = form.text("answer", longest=LONGEST_REASON)
    parts = current_parts()
    if not form.errors:
        try:
            with form.catching():
                decline_request(
                    parts.database,
                    asked,
                    institution_id=institution_id,
                    answer=answer,
                    actor=signed_in.actor,
                    now=parts.clock(),
                )
        except ConflictError as error:
            page = _page(_case(institution_id, asked=asked), trouble=error.message)
            return make_response(page, CONFLICT)
    if form.errors:
        return refused(form, lambda: _page(_case(institution_id, asked=asked), form=form))
    return redirect(url_for("admin_cases.index", notice="request-answered"), 303)


@blueprint.get("/learners/<uuid:learner>")
@registrar_page
def learner(signed_in: SignedIn, institution_id: int, learner: UUID) -> str:  # noqa: ARG001
    """Show the case of a learner who has asked nothing."""
    return _page(_case(institution_id, learner=learner))


@blueprint.post("/learners/<uuid:learner>/effect")
@registrar_page
def effect(signed_in: SignedIn, institution_id: int, learner: UUID) -> Response:  # noqa: ARG001
    """Show what an exception would change; nothing is recorded."""
    draft = _read(request.form)
    case = _case(institution_id, learner=learner, asked=draft.asked)
    parts = current_parts()
    found = None
    if request.form.get("act") == "change":
        return make_response(_page(case, form=draft.form))
    if not draft.form.errors:
        with draft.form.catching():
            found = preview_exception(
                parts.database,
                draft.entry,
                institution_id=institution_id,
                learner_uuid=learner,
                now=parts.clock(),
            )
    if found is None:
        return refused(draft.form, lambda: _page(case, form=draft.form))
    place = case_words.place(found.stack, draft.entry.address, case.names)
    met, lost = (
        [case_words.place(found.stack, node.address, case.names) for node in nodes]
        for nodes in (found.met, found.unmet)
    )
    page = render_template(
        "admin_effect.html",
        case=case,
        entry=draft.entry,
        effect=found,
        met=met,
        lost=lost,
        place=place,
        before=wording.standing_of(found.before),
        after=wording.standing_of(found.after),
        values=_kept(draft.form, draft.entry),
        words=case_words,
    )
    return make_response(page)


@blueprint.post("/learners/<uuid:learner>/exceptions")
@registrar_page
def grant(signed_in: SignedIn, institution_id: int, learner: UUID) -> Response:
    """Grant an exception, answer the request, and make the awards that follow."""
    draft = _read(request.form)
    form_id = draft.form.form_id()
    parts = current_parts()
    granted = None
    if not draft.form.errors:
        try:
            with draft.form.catching():
                granted = grant_exception(
                    parts.database,
                    draft.entry,
                    institution_id=institution_id,
                    learner_uuid=learner,
                    form_id=form_id,
                    request_uuid=draft.asked,
                    actor=signed_in.actor,
                    now=parts.clock(),
                )
        except ConflictError as error:
            case = _case(institution_id, learner=learner, asked=draft.asked)
            return make_response(_page(case, form=draft.form, trouble=error.message), CONFLICT)
    if granted is None:
        case = _case(institution_id, learner=learner, asked=draft.asked)
        return refused(draft.form, lambda: _page(case, form=draft.form))
    notice = "exception-awards" if granted.awards else "exception-granted"
    target = url_for(
        "admin_cases.learner", learner=learner, stack=draft.entry.stack_key, notice=notice
    )
    return redirect(target, 303)


@dataclass(frozen=True, slots=True)
class _Draft:
    """An exception as it was typed, with its form and the request it answers."""

    form: Form
    entry: NewException
    asked: UUID | None


def _read(values: Any) -> _Draft:
    form = Form("grant", values)
    until = None
    if form.values.get("until", "").strip():
        until = form.day("until")
    entry = NewException(
        stack_key=form.text("stack", longest=SHORT),
        kind=form.text("kind", longest=SHORT),
        address=form.text("address", longest=LONGEST_URL),
        reason_code=form.text("reason_code", longest=SHORT),
        reason=form.text("reason", longest=LONGEST_REASON),
        fact=form.text("fact", longest=SHORT),
        field=form.text("field", longest=SHORT),
        value=form.text("value", longest=SHORT),
        document_url=form.text("document_url", longest=LONGEST_URL),
        until=until,
    )
    asked = form.values.get("request", "")
    try:
        return _Draft(form, entry, UUID(asked) if asked else None)
    except ValueError:
        raise InvalidInputError("This form is incomplete. Load the page again.") from None


def _kept(form: Form, entry: NewException) -> dict[str, str]:
    """Return the values that the page of the effect hands on."""
    names = (
        "request",
        "stack",
        "kind",
        "address",
        "reason_code",
        "reason",
        "fact",
        "field",
        "value",
        "document_url",
    )
    until = "" if entry.until is None else entry.until.isoformat()
    kept = {name: form.values.get(name, "") for name in names}
    return kept | {"until": until, "form_id": form.values.get("form_id", "")}


def _case(
    institution_id: int, *, learner: UUID | None = None, asked: UUID | None = None
) -> CaseView:
    parts = current_parts()
    return show_case(
        parts.database,
        institution_id=institution_id,
        learner_uuid=learner,
        request_uuid=asked,
        now=parts.clock(),
    )


def _page(case: CaseView, *, form: Form | None = None, trouble: str = "") -> str:
    """Return the page of a case: of the stack that was asked about or chosen."""
    chosen = request.values.get("stack", "") or (case.request.stack_key if case.request else "")
    view = _progress(case)
    cards = build_page(view)
    stack = next((one for one in case.standing.rules.stacks if one.key == chosen), None)
    card = next((c for c in (*cards.open, *cards.earned) if c.stack.key == chosen), None)
    # A request about an award as a whole names no requirement: then one has to be chosen.
    address = case.request.address if case.request else ""
    return render_template(
        "admin_case.html",
        case=case,
        view=view,
        cards=[*cards.open, *cards.earned],
        card=card,
        stack=stack,
        places=[] if stack is None else case_words.place_options(stack, case.names),
        address="" if address == "/" else address,
        missing=[] if card is None else _missing(card.stack.steps, case.names),
        facts=_facts(case),
        today=case.known_on.date(),
        form_id=(form.values.get("form_id") if form else None) or uuid4(),
        form=form,
        trouble=trouble,
        words=case_words,
        names={**case.names, **{key: fact.name for key, fact in case.standing.facts.items()}},
    )


def _missing(steps: Sequence[Step], names: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Return what is missing, each with the names to choose from."""
    return [
        (
            wording.step(step, names),
            [names.get(key, key) for key in step.options] if wording.has_choice(step) else [],
        )
        for step in steps
    ]


def _facts(case: CaseView) -> list[tuple[str, str]]:
    """Return the results that an exception can be about: id and words."""
    record, views = case.standing.record, case.standing.facts
    known: tuple[Fact, ...] = (*record.completions, *record.awards)
    held = [fact for fact in known if fact.withdrawn_at is None]
    return [(fact.id, wording.fact(views[fact.id])) for fact in held if fact.id in views]


def _progress(case: CaseView) -> ProgressView:
    return ProgressView(
        learner_uuid=case.learner_uuid,
        learner_name=case.learner_name,
        course_title="",
        as_of=_today(case),
        known_on=case.known_on,
        stacks=case.standing.stacks,
        names=case.names,
        facts=case.standing.facts,
        evidence=(),
        competencies=(),
    )


def _today(case: CaseView) -> date:
    return case.known_on.date()
