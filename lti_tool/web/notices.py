"""The address to which platforms send their notices."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lti_tool.lti.notices import LARGEST_BATCH, read_batch
from lti_tool.services.receive_notices import receive_notices
from lti_tool.web import access_log
from lti_tool.web.parts import current_parts
from lti_tool.web.session import public

blueprint = Blueprint("notices", __name__)


@blueprint.post("/lti/notices")
@public
def receive() -> Response:
    """Take a batch of signed notices; what became of each stands in the log, without its data."""
    request.max_content_length = LARGEST_BATCH
    parts = current_parts()
    outcomes = receive_notices(
        parts.database, parts.keysets, read_batch(request.get_data()), now=parts.clock()
    )
    access_log.note_notices(outcomes)
    return Response(status=202)
