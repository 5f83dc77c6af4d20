"""POST /api/v1/erasures: a person was retired from the LMS, and is to be forgotten here, too."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.auth import signed
from lti_tool.api.parts import current_parts
from lti_tool.api.reading import read_erasure
from lti_tool.api.requests import read_body
from lti_tool.services.forget_reported import forget_reported
from lti_tool.signatures import Caller

blueprint = Blueprint("api_erasures", __name__)
errors.register(blueprint)


@blueprint.post("/api/v1/erasures")
@signed
def erase(caller: Caller) -> Response:
    """Erase one person; somebody who is not known is forgotten already."""
    issuer, subject = read_erasure(read_body())
    parts = current_parts()
    is_erased = forget_reported(
        parts.database, caller, issuer=issuer, subject=subject, now=parts.clock()
    )
    status = "erased" if is_erased else "unknown"
    return Response(json.dumps({"status": status}), content_type="application/json")
