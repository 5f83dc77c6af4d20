"""Problem documents (RFC 9457) for clients that would rather have JSON than a page."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response, g, request

from lti_tool.problem_documents import MEDIA_TYPE, problem_document
from lti_tool.translating import _

API = "/api/"


def prefers_json() -> bool:
    """Return whether the client asks for JSON rather than for a page, as the API always does."""
    if request.path.startswith(API):
        return True
    offered = ["text/html", "application/json", MEDIA_TYPE]
    return request.accept_mimetypes.best_match(offered, "text/html") != "text/html"


def problem(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document; ``errors`` are messages by field name."""
    document = problem_document(status, code=code, title=title, detail=detail, errors=errors)
    document["reference"] = g.reference
    return Response(json.dumps(document), status, content_type=MEDIA_TYPE)


def invalid(errors: Mapping[str, str]) -> Response:
    """Return the problem document of a form with errors."""
    return problem(
        422,
        code="invalid-input",
        title=_("Something is to be corrected"),
        detail=" ".join(errors.values()),
        errors=errors,
    )
