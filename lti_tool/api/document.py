"""GET /api/v1/openapi.json: the description of this API (OpenAPI 3.1)."""

from __future__ import annotations

import json
from importlib.resources import files

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.answers import answer
from lti_tool.api.auth import public

blueprint = Blueprint("api_document", __name__)
errors.register(blueprint)


@blueprint.get("/api/v1/openapi.json")
@public
def show() -> Response:
    """Give the document; it needs no key."""
    text = files("lti_tool").joinpath("schemas", "openapi.json").read_text("utf-8")
    response = answer(json.loads(text))
    response.headers["Cache-Control"] = "public, no-cache"
    return response
