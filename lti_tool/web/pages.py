"""Pages that anybody may open: what this is, and whether it runs."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from lti_tool.persistence.schema import is_current
from lti_tool.web import access_log
from lti_tool.web.parts import current_parts
from lti_tool.web.session import public

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is and that it is opened from a course."""
    return render_template("home.html")


@blueprint.get("/healthz")
@public
def health() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readiness() -> tuple[Response, int]:
    """Say whether the database answers and has the shape that the code expects."""
    try:
        is_schema_current = is_current(current_parts().database)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        access_log.note_surprise(error)
        return jsonify(status="not ready", database=False, schema=False), 503
    status = "ready" if is_schema_current else "not ready"
    answer = jsonify(status=status, database=True, schema=is_schema_current)
    return answer, 200 if is_schema_current else 503
