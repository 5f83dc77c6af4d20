"""Exceptions to problem documents: the one place where the API's refusals get their status.

What is not foreseen here (a wrong setting, a defect of ours) is answered by the application's
own handlers, which write it down and answer the API with a problem document, too.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, Response, g
from werkzeug.exceptions import HTTPException

from lti_tool.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    QuoinError,
    SignatureError,
)
from lti_tool.problem_documents import MEDIA_TYPE, problem_document

STATUSES: dict[type[QuoinError], int] = {
    SignatureError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    InvalidInputError: 422,
}
DETAILS = {
    400: "The body is not JSON as it can be read here.",
    405: "This address does not work that way; the document of the API says how.",
    413: "A body has at most 8 MiB. Send fewer completions at once.",
    415: "The body must be application/json.",
}
SCHEME = "Quoin-HMAC-SHA256"


def register(blueprint: Blueprint) -> None:
    """Let the refusals of this blueprint's views end in problem documents."""
    for kind in STATUSES:
        blueprint.register_error_handler(kind, _on_quoin_error)
    blueprint.register_error_handler(HTTPException, _on_http_error)


def as_problem(error: QuoinError) -> dict[str, object]:
    """Return one of our errors as a problem document."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    field = error.field if isinstance(error, InvalidInputError) else None
    return problem_document(
        status,
        code=error.code,
        title=HTTPStatus(status).phrase,
        detail=error.message,
        errors=None if field is None else {field: error.message},
    )


def _on_quoin_error(error: QuoinError) -> Response:
    return _answer(as_problem(error))


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    detail = DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    title = HTTPStatus(status).phrase
    response = _answer(problem_document(status, code=f"http-{status}", title=title, detail=detail))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _answer(document: dict[str, object]) -> Response:
    g.error_code = document["code"]
    document["reference"] = g.reference
    status = int(str(document["status"]))
    response = Response(json.dumps(document), status, content_type=MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = SCHEME
    return response
