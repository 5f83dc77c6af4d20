"""Passkeys (WebAuthn level 3): what the browser is asked, and whether its answer holds.

The library ``webauthn`` reads and verifies; here stands what this tool demands: a key that the
authenticator finds by itself, a verified user, this site and no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lti_tool.config import is_loopback
from lti_tool.errors import InvalidInputError
from lti_tool.strict_json import StrictJSONError, parse_object

LARGEST = 32 * 1024
MOST_PASSKEYS = 10
REFUSED = "This passkey was not accepted. Try again, or sign in another way."


@dataclass(frozen=True, slots=True)
class Site:
    """This tool as passkeys know it: its host, and the origin of its pages."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is kept of a passkey: its id, its public key (COSE), how often it has signed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def site_of(public_url: str) -> Site | None:
    """Return this tool's site; None where browsers make no passkeys (an address of numbers)."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if host != "localhost" and (is_loopback(public_url) or host.replace(".", "").isdigit()):
        return None
    return None if ":" in host else Site(host, f"{parts.scheme}://{parts.netloc}")


def creation_options(
    site: Site, *, user: bytes, name: str, challenge: bytes, known: list[bytes]
) -> dict[str, Any]:
    """Return what a browser is asked to make; ``known`` are ids that it must not make again."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Quoin",
        user_id=user,
        user_name=name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def request_options(site: Site, *, challenge: bytes) -> dict[str, Any]:
    """Return what a browser is asked to sign; the authenticator finds the passkey."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent: nothing in it is believed, but it names its challenge and passkey."""

    credential: dict[str, Any]
    credential_id: bytes
    challenge: str


def read_answer(text: str) -> Answer:
    """Take an answer apart; ``InvalidInputError`` for anything that is none."""
    try:
        credential = parse_object(text.encode(), max_bytes=LARGEST)
        client_data = parse_object(
            base64url_to_bytes(credential["response"]["clientDataJSON"]), max_bytes=LARGEST
        )
        return Answer(
            credential, base64url_to_bytes(credential["rawId"]), str(client_data["challenge"])
        )
    except (StrictJSONError, KeyError, TypeError, ValueError):
        raise refused() from None


def verify_new(site: Site, answer: Answer) -> Passkey:
    """Return the passkey that a browser has made; the challenge was checked to be ours."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.credential,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise refused() from None
    return Passkey(made.credential_id, made.credential_public_key, made.sign_count)


def verify_use(site: Site, answer: Answer, passkey: Passkey) -> int:
    """Return the new count of signatures; ``InvalidInputError`` when it was not this passkey.

    A count that goes back is refused: somebody has a copy.
    """
    try:
        used = webauthn.verify_authentication_response(
            credential=answer.credential,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise refused() from None
    return used.new_sign_count


def refused() -> InvalidInputError:
    """Return the refusal that says nothing about why."""
    return InvalidInputError(REFUSED, code="sign-in-passkey", field="credential")
