"""GET /api/v1/credentials/AWARD: the signed credential of an award, for the person who holds it."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.answers import answer, parameters
from lti_tool.api.auth import signed
from lti_tool.api.parts import current_parts
from lti_tool.services.tell_credential import tell_credential
from lti_tool.signatures import Caller

blueprint = Blueprint("api_credentials", __name__)
errors.register(blueprint)


@blueprint.get("/api/v1/credentials/<uuid:award_uuid>")
@signed
def show(caller: Caller, award_uuid: UUID) -> Response:
    """Give the credential of an award of one person."""
    asked = parameters("issuer", "subject")
    document = tell_credential(
        current_parts().database,
        caller,
        issuer=asked["issuer"],
        subject=asked["subject"],
        award_uuid=award_uuid,
    )
    return answer(json.loads(document))
