"""What anybody may read of an issuer: who it is, its keys, its rules and its status lists."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, render_template, request, url_for

from lti_tool.credentials.european import NOT_STATED
from lti_tool.credentials.status_list import MAY_BE_KEPT
from lti_tool.errors import NotFoundError
from lti_tool.issuing.documents import IssuerDocuments
from lti_tool.services.publish_status_list import publish_status_list
from lti_tool.services.show_achievement import show_achievement
from lti_tool.services.show_brand import find_brand
from lti_tool.services.show_endorsement import show_endorsement
from lti_tool.services.show_issuer import show_issuer
from lti_tool.services.show_picture import show_picture
from lti_tool.services.show_rule import show_rule
from lti_tool.web import problems
from lti_tool.web.parts import current_parts
from lti_tool.web.session import public, show_nothing_but_the_picture
from lti_tool.web.templating import YEAR

blueprint = Blueprint("issuers", __name__, url_prefix="/issuers/<uuid:institution_uuid>")

MEDIA_TYPE = "application/vc"
KEPT = int(MAY_BE_KEPT.total_seconds())
RULE_KEPT = 86_400
HASH_LENGTH = 64
ANCHORS = {"Level": "level", "Type of quality assurance": "quality", "Grade achieved": "grade"}
"""Parts of the page of an achievement that a credential refers to (``credentials.described``)."""


@blueprint.get("")
@public
def show_profile(institution_uuid: UUID) -> Response:
    """Say who the issuer is: an Open Badges profile."""
    return _answer(_documents(institution_uuid).profile, "application/ld+json")


@blueprint.get("/did.json")
@public
def show_did(institution_uuid: UUID) -> Response:
    """Give the document of the issuer's did:web."""
    return _answer(_documents(institution_uuid).did_document, "application/json")


@blueprint.get("/jwks.json")
@public
def show_keyset(institution_uuid: UUID) -> Response:
    """Give the keys with which credentials are signed as JWTs."""
    return _answer(_documents(institution_uuid).keyset, "application/json")


@blueprint.get("/keys/<key_id>")
@public
def show_key(institution_uuid: UUID, key_id: str) -> Response:
    """Give one of these keys: the address is its ``kid``."""
    found = _documents(institution_uuid).keys.get(key_id)
    if found is None:
        raise NotFoundError("There is no such key.")
    return _answer(found, "application/json")


@blueprint.get("/rules/<uuid:version_uuid>")
@public
def show_published_rule(institution_uuid: UUID, version_uuid: UUID) -> Response:
    """Give a published version of a stack, which never changes."""
    found = show_rule(current_parts().database, institution_uuid, version_uuid)
    return _answer(found, "application/json", RULE_KEPT)


@blueprint.get("/endorsements/<uuid:endorsement_uuid>")
@public
def show_issued_endorsement(institution_uuid: UUID, endorsement_uuid: UUID) -> Response:
    """Give an endorsement that the institution signed; its status tells when it is taken back."""
    text = show_endorsement(current_parts().database, institution_uuid, endorsement_uuid)
    return _published(text, MEDIA_TYPE, KEPT)


@blueprint.get("/achievements/<uuid:achievement_uuid>")
@public
def show_public_achievement(institution_uuid: UUID, achievement_uuid: UUID) -> Response:
    """Say what an achievement is: a page, or JSON for whoever asks for it."""
    parts = current_parts()
    found = show_achievement(
        parts.database, parts.signing, institution_uuid, achievement_uuid, now=parts.clock()
    )
    if problems.prefers_json():
        response = _answer(found.document, "application/json")
    else:
        image = url_for(
            "issuers.show_image",
            institution_uuid=institution_uuid,
            achievement_uuid=achievement_uuid,
            v=found.image_hash,
        )
        g.brand = find_brand(parts.database, institution_uuid)
        page = render_template(
            "achievement.html", found=found, image=image, anchors=ANCHORS, not_stated=NOT_STATED
        )
        response = _published(page, "text/html; charset=utf-8", KEPT)
    response.vary.add("Accept")
    return response


@blueprint.get("/achievements/<uuid:achievement_uuid>/image")
@public
def show_image(institution_uuid: UUID, achievement_uuid: UUID) -> Response:
    """Give the picture of an achievement; one that is named by its hash (``?v=``) never changes."""
    named = request.args.get("v", "")
    found = show_picture(
        current_parts().database, institution_uuid, achievement_uuid, named[:HASH_LENGTH]
    )
    response = _published(found.content, found.media_type, YEAR if named else KEPT)
    if named:
        response.headers["Cache-Control"] += ", immutable"
    show_nothing_but_the_picture()
    return response


@blueprint.get("/status/<uuid:list_uuid>")
@public
def show_status(institution_uuid: UUID, list_uuid: UUID) -> Response:
    """Give a status list."""
    parts = current_parts()
    text = publish_status_list(
        parts.database,
        parts.signing,
        institution_uuid=institution_uuid,
        list_uuid=list_uuid,
        now=parts.clock(),
    )
    return _published(text, MEDIA_TYPE, KEPT)


def _documents(institution_uuid: UUID) -> IssuerDocuments:
    parts = current_parts()
    return show_issuer(parts.database, parts.signing, institution_uuid, now=parts.clock())


def _answer(data: dict[str, Any], media_type: str, kept: int = KEPT) -> Response:
    return _published(json.dumps(data, ensure_ascii=False), media_type, kept)


def _published(text: str | bytes, media_type: str, kept: int) -> Response:
    """Return what verifiers may keep, and may read from a page of any site."""
    response = Response(text, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={kept}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response
