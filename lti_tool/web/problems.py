"""Problem documents (RFC 9457) for clients that would rather have JSON than a page."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response, g, request

MEDIA_TYPE = "application/problem+json"


def prefers_json() -> bool:
    """Return whether the client asks for JSON rather than for a page."""
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
    document: dict[str, object] = {
        "type": f"urn:quoin:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "reference": g.reference,
    }
    if errors:
        document["errors"] = [
            {"pointer": _pointer(name), "detail": message} for name, message in errors.items()
        ]
    return Response(json.dumps(document), status, content_type=MEDIA_TYPE)


def invalid(errors: Mapping[str, str]) -> Response:
    """Return the problem document of a form with errors."""
    return problem(
        422,
        code="invalid-input",
        title="Something is to be corrected",
        detail=" ".join(errors.values()),
        errors=errors,
    )


def _pointer(name: str) -> str:
    """Return a JSON pointer to a field; the whole input when no field is named."""
    if not name or name.startswith("/"):
        return f"#{name}"
    return "#/" + name.replace("~", "~0").replace("/", "~1")
