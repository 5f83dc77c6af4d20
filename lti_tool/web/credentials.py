"""Credentials for the people who hold them: to be taken along, in either form."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.launched import Launched
from lti_tool.services.show_credential import Form, show_credential
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page

blueprint = Blueprint("credentials", __name__)

MEDIA_TYPES = {Form.JSON_LD: "application/vc", Form.JWT: "application/vc+jwt"}


@blueprint.get("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>")
@learner_page
def download(launched: Launched, award_uuid: UUID) -> Response:
    """Give people the credential of an award of their own.

    ``?form=jwt`` or the Accept header choose the second form; a link cannot send a header.
    """
    parts = current_parts()
    found = show_credential(
        parts.database,
        parts.signing,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        form=_form(),
        now=parts.clock(),
    )
    response = Response(found.text, content_type=MEDIA_TYPES[found.form])
    name = f"credential-{award_uuid}.{found.form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.vary.add("Accept")
    return response


def _form() -> Form:
    named = request.args.get("form")
    if named is None:
        jwt = MEDIA_TYPES[Form.JWT]
        offered = [MEDIA_TYPES[Form.JSON_LD], "application/ld+json", "application/json", jwt]
        is_jwt = request.accept_mimetypes.best_match(offered) == jwt
        return Form.JWT if is_jwt else Form.JSON_LD
    try:
        return Form(named)
    except ValueError:
        raise InvalidInputError("A credential is given as json or jwt.", field="form") from None
