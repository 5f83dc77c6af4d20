"""The forms in which a credential is handed out: as it was signed, as JWT, baked into pictures."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.orm import Session

from lti_tool.credentials.badge import default_badge
from lti_tool.credentials.badge_images import badge_png
from lti_tool.credentials.pictures import PNG, SVG, Picture
from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.shown import shown
from lti_tool.credentials.signers import Algorithm
from lti_tool.credentials.vc_jwt import sign_jwt
from lti_tool.issuing.signing import Signing, ensure_key, key_of
from lti_tool.persistence.awards import Award
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.elements import find_image
from lti_tool.persistence.issuer_keys import hold_issuer_key


class Form(StrEnum):
    """The forms of a credential; the word is also the end of a file's name."""

    JSON_LD = "json"
    JWT = "jwt"
    PNG = "png"
    SVG = "svg"


def ensure_jwt(session: Session, signing: Signing, credential: Credential, now: datetime) -> str:
    """Return a credential as JWT, made of the document that was issued when first asked for."""
    if credential.jwt is None:
        credential.jwt = _sign(session, signing, credential, now)
    return credential.jwt


def picture_of(session: Session, credential: Credential) -> Picture | None:
    """Return the picture that a credential names as its achievement's, if it names one of ours."""
    told = shown(json.loads(credential.document))
    named = parse_qs(urlsplit(told.image).query).get("v", [""])[0]
    award = session.get_one(Award, credential.award_id)
    found = find_image(session, award.achievement_id, named)
    return None if found is None else Picture(found.media_type, found.content)


def bake_picture(document: str, form: Form, own: Picture | None) -> bytes:
    """Return a picture with the credential in it (Open Badges 3.0, section 5.3): PNG or SVG.

    It is the achievement's ``own`` one where that is of this form, and drawn otherwise.
    """
    told = shown(json.loads(document))
    is_own = own is not None and own.media_type == {Form.PNG: PNG, Form.SVG: SVG}[form]
    level = told.levels[0] if told.levels else ""
    if form is Form.PNG:
        picture = own.content if own and is_own else badge_png(told.name, level)
        return png.bake(picture, document.encode())
    return svg.bake(own.content if own and is_own else default_badge(told.name, level), document)


def _sign(session: Session, signing: Signing, credential: Credential, now: datetime) -> str:
    row = ensure_key(session, signing, credential.institution_id, Algorithm.RS256, now)
    hold_issuer_key(session, row.id)
    document: dict[str, Any] = json.loads(credential.document)
    del document["proof"]
    # The issuer as it was then: the tool may have another address by now.
    kid = f"{document['issuer']['url']}/keys/{row.key_id}"
    return sign_jwt(document, signing.signer, key_of(row), kid)
