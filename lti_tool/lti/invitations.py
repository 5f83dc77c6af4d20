"""The code of an invitation, and the signed form that its page carries."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.errors import InvalidInputError, LTIRegistrationError
from lti_tool.lti.urls import LONGEST_URL

LONGEST_LIFE = timedelta(days=14)
FORM_LIFE = timedelta(minutes=30)
PURPOSE = b"quoin registration form:"
LONGEST_TOKEN = 8192
LIMITS = {
    "openid_configuration": LONGEST_URL,
    "registration_token": LONGEST_TOKEN,
    "opened_from": LONGEST_URL,
    "expires": 20,
    "proof": 64,
}


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """What a platform opened the page with: where its configuration is, and its one-time token.

    ``opened_from`` is the origin of the page that holds ours, "" where a browser hides it.
    """

    openid_configuration: str
    registration_token: str
    opened_from: str = ""


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """The code (shown once, never kept) and when it ends."""

    uuid: UUID
    code: str
    expires_at: datetime


def new_code() -> str:
    """Return a code of 256 bits; whoever has it can use the invitation."""
    return secrets.token_urlsafe(32)


def check_life(life: timedelta) -> None:
    """Refuse an invitation of no time or more than 14 days: ``InvalidInputError``."""
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise InvalidInputError("An invitation lasts at most 14 days.", field="hours")


def hash_code(code: str) -> str:
    """Return what the database keeps of an invitation's code."""
    return hashlib.sha256(code.encode()).hexdigest()


def signed_form(
    code: str, request: RegistrationRequest, secret_key: bytes, now: datetime
) -> dict[str, str]:
    """Return the fields of the form: all that a click needs, so that no cookie is needed.

    They are good for half an hour, for this invitation alone.
    """
    expires = str(int((now + FORM_LIFE).timestamp()))
    return {
        "openid_configuration": request.openid_configuration,
        "registration_token": request.registration_token,
        "opened_from": request.opened_from,
        "expires": expires,
        "proof": _proof(code, request, expires, secret_key),
    }


def read_form(
    code: str, fields: dict[str, str], secret_key: bytes, now: datetime
) -> RegistrationRequest:
    """Return what the form says; ``fields`` are bounded by ``LIMITS`` already.

    ``LTIRegistrationError`` when our page did not make it, or made it long ago.
    """
    request = RegistrationRequest(
        fields.get("openid_configuration", ""),
        fields.get("registration_token", ""),
        fields.get("opened_from", ""),
    )
    expires = fields.get("expires", "")
    proof = _proof(code, request, expires, secret_key)
    if not hmac.compare_digest(fields.get("proof", "").encode(), proof.encode()):
        raise _stale()
    if not expires.isdigit() or now.timestamp() >= int(expires):
        raise _stale()
    return request


def _proof(code: str, request: RegistrationRequest, expires: str, secret_key: bytes) -> str:
    said = [
        hash_code(code),
        request.openid_configuration,
        request.registration_token,
        request.opened_from,
        expires,
    ]
    return hmac.new(secret_key, PURPOSE + json.dumps(said).encode(), hashlib.sha256).hexdigest()


def _stale() -> LTIRegistrationError:
    return LTIRegistrationError(
        "This page has been open for too long, or is not ours. Start the registration in your "
        "LMS anew; the address of the invitation stays good.",
        code="lti-registration-form",
    )
