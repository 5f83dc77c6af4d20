"""What is sent to a practice aid, by a program as JSON or by its page as a form."""

from typing import Any

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.lms import current_lms
from demo_lms.settings import origin


def refuse_foreign_forms() -> None:
    """Before a request: the session cookie is SameSite=None, so forms must be our own pages'."""
    if flask.request.method == "POST":
        sender = flask.request.headers.get("Origin")
        if sender is not None and sender != origin(current_lms().settings.public_url):
            flask.abort(403)


def read_order() -> dict[str, Any]:
    """The values that were sent; an empty form field is left out."""
    if flask.request.is_json:
        body = flask.request.get_json()
        if not isinstance(body, dict):
            raise ValueError("The body must be one JSON object")
        return body
    return {name: value for name, value in flask.request.form.items() if value}


def answer_order(described: dict[str, Any], page: str) -> BaseResponse:
    """The new state as JSON to a program, the page again to a browser."""
    if flask.request.is_json:
        return flask.jsonify(described)
    return flask.redirect(page, 303)


def refuse_order(problem: Exception) -> flask.typing.ResponseReturnValue:
    """Say what is wrong with an order (400)."""
    if flask.request.is_json:
        return flask.jsonify(error=str(problem)), 400
    page = {"title": "That did not work", "text": str(problem)}
    return flask.render_template("error.html", **page), 400
