"""The tokens with which a registrar lets a tool register itself, or update what it registered.

Moodle's are RS256 JWTs: the subject of one for a new tool is the client id to come, the subject of
one for an update is the number of the tool; both last an hour, and an update may be repeated.
"""

import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
import jwt

from demo_lms.lms import LMS
from demo_lms.registration import ToolRegistration

TOKEN_SECONDS = 3600
NEW, UPDATE = "registration", "registration-update"


@dataclass(frozen=True)
class Invitation:
    """What a token says: the client id to come, and whose administrator asked.

    ``tool`` is the one to update, None for a new one.
    """

    client_id: str
    product: str
    institution: str
    tool: ToolRegistration | None = None


def make_token(lms: LMS, product: str, institution: str) -> str:
    """A token for one registration within the hour."""
    return _signed(lms, NEW, uuid.uuid4().hex[:15], product, institution)


def make_update_token(lms: LMS, tool: ToolRegistration, institution: str) -> str:
    """A token for updates of this tool within the hour."""
    return _signed(lms, UPDATE, str(tool.number), tool.flavour, institution)


def registration_address(lms: LMS, tool_address: str, product: str, token: str) -> str:
    """The tool's address with what it needs to register itself, for a frame."""
    query = urlencode(
        {
            "openid_configuration": f"{lms.settings.public_url}/lti/openid-configuration/{product}",
            "registration_token": token,
        }
    )
    return f"{tool_address}{'&' if urlsplit(tool_address).query else '?'}{query}"


def read_token(lms: LMS, product: str) -> Invitation | None:
    """What the Bearer token of this request says, if it is one of ours for this product."""
    scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        claims = jwt.decode(
            token,
            lms.keys.current.public_pem,
            algorithms=["RS256"],
            issuer=lms.settings.public_url,
            options={"require": ["exp", "sub"]},
        )
    except jwt.PyJWTError:
        return None
    return _invitation(lms, claims) if claims.get("product") == product else None


def _invitation(lms: LMS, claims: dict[str, Any]) -> Invitation | None:
    subject, product, institution = claims["sub"], claims["product"], claims["institution"]
    if claims.get("purpose") == NEW:
        return Invitation(subject, product, institution)
    if claims.get("purpose") == UPDATE:
        for tool in lms.tools():
            if str(tool.number) == subject:
                return Invitation(tool.client_id, product, institution, tool)
    return None


def _signed(lms: LMS, purpose: str, subject: str, product: str, institution: str) -> str:
    now = int(time.time())
    claims = {
        "iss": lms.settings.public_url,
        "sub": subject,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "purpose": purpose,
        "product": product,
        "institution": institution,
    }
    key = lms.keys.current
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})
