"""The teacher's page "Scores": what stands in the gradebook, what does not, and what to do."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import LTIServiceError
from lti_tool.persistence.launched import Launched
from lti_tool.services.change_column import ColumnAct, change_column
from lti_tool.services.resend_score import Choice, resend_score
from lti_tool.services.show_score import show_score
from lti_tool.services.show_scores import show_scores
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import instructor_page, recording_page

blueprint = Blueprint("scores", __name__)

BAD_GATEWAY = 502
UNCHANGED = "score-unchanged"


@blueprint.get("/courses/<uuid:context_uuid>/scores")
@instructor_page
def show(launched: Launched) -> str:
    """Show where the score of each learner stands in each column."""
    return _page(launched)


@blueprint.get("/courses/<uuid:context_uuid>/scores/<uuid:delivery_uuid>/row")
@instructor_page
def row(launched: Launched, delivery_uuid: UUID) -> str:
    """Show one score: the row that the page asks for while it is on its way."""
    found = show_score(
        current_parts().database, context_id=launched.context_id, delivery_uuid=delivery_uuid
    )
    return render_template("score_row.html", row=found)


@blueprint.post("/courses/<uuid:context_uuid>/scores/again")
@recording_page
def all_again(launched: Launched) -> Response:
    """Send every score of the course again that has failed or is held."""
    return _choose(launched, Choice.AGAIN, None, "scores-again")


@blueprint.post("/courses/<uuid:context_uuid>/scores/<uuid:delivery_uuid>/again")
@recording_page
def again(launched: Launched, delivery_uuid: UUID) -> Response:
    """Send one score again."""
    return _choose(launched, Choice.AGAIN, delivery_uuid, "score-again")


@blueprint.post("/courses/<uuid:context_uuid>/scores/<uuid:delivery_uuid>/anyway")
@recording_page
def anyway(launched: Launched, delivery_uuid: UUID) -> Response:
    """Send a score over the other grade that stands in the gradebook."""
    return _choose(launched, Choice.ANYWAY, delivery_uuid, "score-anyway")


@blueprint.post("/courses/<uuid:context_uuid>/scores/<uuid:delivery_uuid>/leave")
@recording_page
def leave(launched: Launched, delivery_uuid: UUID) -> Response:
    """Leave the other grade as it stands."""
    return _choose(launched, Choice.LEAVE, delivery_uuid, "score-left")


@blueprint.post("/courses/<uuid:context_uuid>/columns/<uuid:achievement_uuid>/again")
@recording_page
def column_again(launched: Launched, achievement_uuid: UUID) -> Response:
    """Have a gradebook column made again that was removed in the LMS."""
    return _change(launched, achievement_uuid, ColumnAct.MAKE_AGAIN, "column-again")


@blueprint.post("/courses/<uuid:context_uuid>/columns/<uuid:achievement_uuid>/rename")
@recording_page
def column_rename(launched: Launched, achievement_uuid: UUID) -> Response:
    """Give a column that we made its present name."""
    return _change(launched, achievement_uuid, ColumnAct.RENAME, "column-renamed")


@blueprint.post("/courses/<uuid:context_uuid>/columns/<uuid:achievement_uuid>/delete")
@recording_page
def column_delete(launched: Launched, achievement_uuid: UUID) -> Response:
    """Delete a column that we made and no link in the course stands for."""
    return _change(launched, achievement_uuid, ColumnAct.DELETE, "column-deleted")


def _choose(
    launched: Launched, choice: Choice, delivery_uuid: UUID | None, notice: str
) -> Response:
    parts = current_parts()
    changed = resend_score(
        parts.database,
        choice=choice,
        delivery_uuid=delivery_uuid,
        context_id=launched.context_id,
        teacher_id=launched.learner_id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    anchor = None if delivery_uuid is None else f"score-{delivery_uuid}"
    return back(launched, "scores.show", notice if changed else UNCHANGED, anchor=anchor)


def _change(launched: Launched, achievement_uuid: UUID, act: ColumnAct, notice: str) -> Response:
    parts = current_parts()
    try:
        change_column(
            parts.database,
            parts.platforms,
            context_id=launched.context_id,
            achievement_uuid=achievement_uuid,
            act=act,
            teacher_id=launched.learner_id,
            actor=str(launched.learner_uuid),
            now=parts.clock(),
        )
    except LTIServiceError as error:
        return make_response(_page(launched, trouble=error.message), BAD_GATEWAY)
    return back(launched, "scores.show", notice)


def _page(launched: Launched, *, trouble: str = "") -> str:
    return render_template(
        "scores.html",
        view=show_scores(current_parts().database, context_id=launched.context_id),
        notice_words=NOTICES.get(request.args.get("notice", "")),
        trouble=trouble,
    )
