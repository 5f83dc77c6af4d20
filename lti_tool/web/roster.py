"""The teacher's page: who is here, what they have completed, what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import LTIServiceError, NotFoundError
from lti_tool.persistence.classes import Order, Where
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.launched import Launched
from lti_tool.services.compute_standings import compute_standings
from lti_tool.services.look_at_learner import look_at_learner
from lti_tool.services.show_roster import RosterQuery, RosterView, show_roster
from lti_tool.services.sync_roster import sync_roster
from lti_tool.translating import ENGLISH, _, language, local
from lti_tool.web import class_wording, wording
from lti_tool.web.forms import Form
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.progress import render_progress
from lti_tool.web.redirects import back
from lti_tool.web.session import instructor_page

blueprint = Blueprint("roster", __name__)


@dataclass(frozen=True, slots=True)
class Stale:
    """Why the list is old, "" where it is not; ``exact`` is what the platform's service said."""

    words: str = ""
    exact: str = ""


UP_TO_DATE = Stale()

FRESH = timedelta(minutes=5)


@blueprint.get("/courses/<uuid:context_uuid>/roster")
@instructor_page
def show(launched: Launched) -> str:
    """Show the learners; a list older than five minutes is asked for anew."""
    stale = UP_TO_DATE if _is_fresh(launched) else _sync(launched)
    return render_roster(launched, read_roster(launched, _query()), stale=stale)


@blueprint.post("/courses/<uuid:context_uuid>/roster")
@instructor_page
def refresh(launched: Launched) -> Response | str:
    """Ask the platform for the list of learners now."""
    stale = _sync(launched)
    if stale.words:
        return render_roster(launched, read_roster(launched), stale=stale)
    return back(launched, "roster.show", "roster-refreshed")


@blueprint.post("/courses/<uuid:context_uuid>/standings")
@instructor_page
def compute(launched: Launched) -> Response:
    """Compute where the learners stand, and go back to the list as it was filtered."""
    parts = current_parts()
    compute_standings(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        now=parts.clock(),
    )
    asked: dict[str, Any] = dict(_asked(_query(request.form)))
    return redirect(url_for("roster.show", context_uuid=launched.context_uuid, **asked), 303)


@blueprint.get("/courses/<uuid:context_uuid>/scores/<uuid:completion_uuid>")
@instructor_page
def score(launched: Launched, completion_uuid: UUID) -> str:
    """Show where the score of one completion stands: the cell that the page asks for again."""
    for row in read_roster(launched, RosterQuery(completion_uuid=completion_uuid)).rows:
        for completion in row.completions:
            if completion.uuid == completion_uuid and completion.score is not None:
                return render_template("score.html", row=completion)
    raise NotFoundError("There is no score for such a completion in this course.")


@blueprint.get("/courses/<uuid:context_uuid>/learners/<uuid:learner_uuid>")
@instructor_page
def learner(launched: Launched, learner_uuid: UUID) -> str:
    """Show a teacher the page of one learner of the course as the learner has it, to read only."""
    parts = current_parts()
    learner_id = look_at_learner(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_uuid=learner_uuid,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return render_progress(launched, learner_id, is_own=False)


def read_roster(launched: Launched, query: RosterQuery | None = None) -> RosterView:
    """Return the roster of the course as it stands; its first page, unless asked otherwise."""
    parts = current_parts()
    return show_roster(
        parts.database,
        context_id=launched.context_id,
        now=parts.clock(),
        query=query or RosterQuery(),
    )


def _is_fresh(launched: Launched) -> bool:
    """Return whether the list was asked for within the last minutes."""
    parts = current_parts()
    with parts.database.reading() as session:
        synced_at = get_context(session, launched.context_id).roster_synced_at
    return synced_at is not None and parts.clock() - synced_at <= FRESH


def _query(values: Mapping[str, str] | None = None) -> RosterQuery:
    """Return what the address (or a form) asks for; what makes no sense is left out."""
    given = request.args if values is None else values
    where, order, page = given.get("where", ""), given.get("order", ""), given.get("page", "")
    return RosterQuery(
        stack_key=given.get("stack", "")[:100],
        where=Where(where) if where in set(Where) else None,
        name=given.get("q", "").strip().replace("\x00", "")[:100],
        order=Order(order) if order in set(Order) else Order.NAME,
        learner_uuid=_uuid(given.get("learner", "")),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _asked(query: RosterQuery) -> dict[str, str]:
    """Return a query as the address of the page says it, page apart."""
    asked = {
        "stack": query.stack_key,
        "where": query.where.value if query.where else "",
        "q": query.name,
        "learner": str(query.learner_uuid or ""),
        "order": "" if query.order is Order.NAME else query.order.value,
    }
    return {name: value for name, value in asked.items() if value}


def _named(view: RosterView, form: Form | None) -> list[tuple[UUID, str]]:
    """Return whom the form to record one completion offers: all, or those of the page."""
    shown = [(row.learner_uuid, row.name) for row in view.rows if row.is_active]
    named = list(view.everybody) or shown
    sent = form.values.get("learner", "") if form else ""
    if sent and sent not in {str(uuid) for uuid, _ in named}:
        named += [(uuid, name) for uuid, name in shown if str(uuid) == sent]
    return named


def render_roster(
    launched: Launched, view: RosterView, *, form: Form | None = None, stale: Stale = UP_TO_DATE
) -> str:
    """Return the page; ``form`` is one sent with errors, ``stale`` says why the list is old."""
    return render_template(
        "roster.html",
        view=view,
        form=form,
        form_id=form.values.get("form_id", uuid4()) if form else uuid4(),
        stale=stale,
        today=local(current_parts().clock()).date(),
        learner_options=_named(view, form),
        where_options=list(class_wording.WHERE_WORDS.items()),
        order_options=list(class_wording.ORDER_WORDS.items()),
        asked=_asked(view.query),
        achievement_options=[
            (option.uuid, wording.option(option))
            for option in view.achievements
            if not option.is_award
        ],
        level_options=[
            (
                f"{level.achievement_uuid}:{level.label}",
                _(
                    "{name}: {level}",
                    name=level.achievement_name,
                    level=class_wording.level(level.label, level.grade, level.scale),
                ),
            )
            for level in view.levels
        ],
        levels=class_wording.levels_of(view.levels),
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )


def _sync(launched: Launched) -> Stale:
    """Ask for the list; return in words why it could not be had, or nothing."""
    parts = current_parts()
    try:
        synced = sync_roster(
            parts.database, parts.platforms, context_id=launched.context_id, now=parts.clock()
        )
    except LTIServiceError as error:
        if error.code == "lti-no-roster":
            return Stale(error.message)
        if language() == ENGLISH:
            return Stale(_("The list may be out of date: {message}", message=error.message))
        return Stale(_("The list may be out of date."), error.message)
    if synced.is_complete:
        return UP_TO_DATE
    return Stale(_("The platform gave a part of the list only."))
