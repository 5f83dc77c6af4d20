"""The forms in which a credential is handed out: as it was signed, as JWT, baked into pictures."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.badge_images import badge_png, badge_svg
from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.shown import shown
from lti_tool.credentials.signers import Algorithm
from lti_tool.credentials.vc_jwt import sign_jwt
from lti_tool.issuing.signing import Signing, ensure_key, key_of
from lti_tool.persistence.credentials import Credential


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


def bake_picture(document: str, form: Form) -> bytes:
    """Return a picture with the credential in it (Open Badges 3.0, section 5.3): PNG or SVG."""
    told = shown(json.loads(document))
    if form is Form.PNG:
        return png.bake(badge_png(told.name, told.issuer_name), document.encode())
    return svg.bake(badge_svg(told.name, told.issuer_name).encode(), document)


def _sign(session: Session, signing: Signing, credential: Credential, now: datetime) -> str:
    row = ensure_key(session, signing, credential.institution_id, Algorithm.RS256, now)
    document: dict[str, Any] = json.loads(credential.document)
    del document["proof"]
    # The issuer as it was then: the tool may have another address by now.
    kid = f"{document['issuer']['url']}/keys/{row.key_id}"
    return sign_jwt(document, signing.signer, key_of(row), kid)
