"""One person's data: everybody may take their own along; an administrator may erase."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learners import Learner, get_learner
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page, privacy_page

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/courses/<uuid:context_uuid>/privacy")
@privacy_page
def show(launched: Launched) -> str:
    """Say what can be done with the data of the person the platform named."""
    return render_template("privacy.html", subject=_subject(launched))


@blueprint.post("/courses/<uuid:context_uuid>/privacy/export")
@privacy_page
def export(launched: Launched) -> Response:
    """Give the person's data out as one file."""
    return _file(launched, _known(launched).id)


@blueprint.post("/courses/<uuid:context_uuid>/privacy/erasure")
@privacy_page
def erase(launched: Launched) -> str:
    """Erase what says who the person is."""
    if request.form.get("confirm") != "erase":
        raise InvalidInputError(
            "Tick the box that says you want to erase the data. Nothing is erased yet.",
            field="confirm",
        )
    parts = current_parts()
    forget_learner(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=_known(launched).id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return render_template("privacy.html", subject=None, is_erased=True)


@blueprint.post("/courses/<uuid:context_uuid>/my-data")
@learner_page
def export_own(launched: Launched) -> Response:
    """Give people what is kept about themselves as one file."""
    return _file(launched, launched.learner_id)


def _subject(launched: Launched) -> Learner | None:
    if launched.subject_id is None:
        return None
    with current_parts().database.reading() as session:
        return get_learner(session, launched.subject_id)


def _known(launched: Launched) -> Learner:
    subject = _subject(launched)
    if subject is None:
        raise NotFoundError("Nothing is kept about this person.")
    return subject


def _file(launched: Launched, learner_id: int) -> Response:
    parts = current_parts()
    data = export_learner(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=learner_id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    body = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="quoin-data.json"'
    return response
