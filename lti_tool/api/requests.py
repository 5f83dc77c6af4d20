"""The body of a request: strict JSON, bounded, an object."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from lti_tool.api.auth import LARGEST_BODY
from lti_tool.strict_json import StrictJSONError, parse_object

DEEPEST = 6


def read_body() -> dict[str, Any]:
    """Return the members of the body; 415 for another media type, 400 for anything else."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return parse_object(request.get_data(), max_bytes=LARGEST_BODY, max_depth=DEEPEST)
    except StrictJSONError:
        raise BadRequest from None
