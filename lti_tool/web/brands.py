"""How an institution looks, for browsers: its stylesheet and its logo."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from lti_tool.services.show_brand import show_logo as find_logo
from lti_tool.services.show_brand import show_stylesheet
from lti_tool.web.parts import current_parts
from lti_tool.web.session import public, show_nothing_but_the_picture

blueprint = Blueprint("brands", __name__, url_prefix="/brands/<uuid:institution_uuid>")

YEAR, MINUTE = 365 * 24 * 3600, 60


@blueprint.get("/style.css")
@public
def show_style(institution_uuid: UUID) -> Response:
    """Give the stylesheet; under its own hash (``?v=``) it may be kept for good."""
    text, digest = show_stylesheet(current_parts().database, institution_uuid)
    return _kept(Response(text, content_type="text/css; charset=utf-8"), digest)


@blueprint.get("/logo")
@public
def show_logo(institution_uuid: UUID) -> Response:
    """Give the logo; opened as a page it is drawn and does nothing."""
    logo = find_logo(current_parts().database, institution_uuid)
    show_nothing_but_the_picture()
    return _kept(Response(logo.content, content_type=logo.media_type), logo.content_hash)


def _kept(response: Response, digest: str) -> Response:
    is_named = request.args.get("v") == digest
    age = f"max-age={YEAR}, immutable" if is_named else f"max-age={MINUTE}"
    response.headers["Cache-Control"] = f"public, {age}"
    return response
