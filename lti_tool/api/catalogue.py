"""GET /api/v1/catalogue: what an author may choose from."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.answers import answer, number, parameters
from lti_tool.api.auth import signed
from lti_tool.api.parts import current_parts
from lti_tool.services.show_catalogue import show_catalogue
from lti_tool.signatures import Caller

blueprint = Blueprint("api_catalogue", __name__)
errors.register(blueprint)


@blueprint.get("/api/v1/catalogue")
@signed
def show(caller: Caller) -> Response:
    """Give the competencies and stacks of the key's institution."""
    parameters()
    found = show_catalogue(current_parts().database, institution_id=caller.institution_id)
    return answer(
        {
            "institution": {"key": found.institution_key, "name": found.institution_name},
            "competencies": [
                {
                    "key": entry.key,
                    "uuid": str(entry.uuid),
                    "title": entry.title,
                    "description": entry.description,
                    "credits": number(entry.credits),
                    "scale": entry.scale,
                }
                for entry in found.competencies
            ],
            "stacks": [
                {
                    "key": entry.key,
                    "uuid": str(entry.uuid),
                    "title": entry.title,
                    "description": entry.description,
                    "version": entry.version,
                }
                for entry in found.stacks
            ],
        }
    )
