"""Dynamic registration over the network: read the configuration, post our document.

Moodle takes the document of a tool that it knows at the same address and in the same way (POST)
as that of a new one; its token says which it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import LTIRegistrationError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.platform_configuration import (
    MOST_BYTES,
    PlatformConfiguration,
    parse_configuration,
)
from lti_tool.lti.tool_document import TOOL_CONFIGURATION, tool_document
from lti_tool.lti.urls import is_secure
from lti_tool.strict_json import StrictJSONError, parse_object

LONGEST_ID = 255
MOST_SCOPES = 50
KNOWN_REASONS = {
    "token_already_used": "Its one-time token was used before. Start anew in the LMS.",
    "invalid_token": "Its one-time token is not valid any more. Start anew in the LMS.",
    "missing_domain": "It found no domain in our document.",
    "domain_targetlinkuri_mismatch": "It found that our domain and our address differ; "
    "QUOIN_PUBLIC_URL has to be the address at which it reaches this tool.",
    "invalid_redirect_uris": "It does not take our launch address.",
}
"""Moodle answers with such a word alone."""

_REASON = re.compile(r"[a-z][a-z_]{2,60}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


@dataclass(frozen=True, slots=True)
class RegistrationGranted:
    """What a platform has made of our document.

    ``deployment_id`` is None when it makes deployments later; ``scopes`` is None when it did
    not say what it grants.
    """

    client_id: str
    deployment_id: str | None
    scopes: tuple[str, ...] | None


def is_token(token: str) -> bool:
    """Return whether this can be a registration token: it goes into a header as it is."""
    return _TOKEN.fullmatch(token) is not None


def fetch_configuration(
    http: HTTPClient, url: str, token: str, *, allows_loopback: bool = False
) -> PlatformConfiguration:
    """Return the platform's configuration; Canvas wants the token for it, others ignore it.

    ``LTIRegistrationError`` when it breaks a rule, ``LTIServiceError`` without an answer.
    """
    if not is_secure(url, allows_loopback=allows_loopback):
        raise LTIRegistrationError(
            "The configuration of your LMS is not at an address that begins with https://.",
            code="lti-registration-address",
        )
    answer = http.request(
        "GET",
        url,
        headers=_headers(token),
        max_bytes=MOST_BYTES,
        allows_loopback=allows_loopback,
    )
    if answer.status != 200:
        raise LTIRegistrationError(
            f"Your LMS does not show its configuration (status {answer.status}). Start the "
            "registration there anew: its one-time token may be over.",
            code="lti-registration-configuration",
        )
    return parse_configuration(answer.body, url, allows_loopback=allows_loopback)


def send_registration(
    http: HTTPClient,
    configuration: PlatformConfiguration,
    token: str,
    *,
    public_url: str,
    allows_loopback: bool = False,
) -> RegistrationGranted:
    """Post our document and return what came of it.

    ``LTIRegistrationError`` when the platform refuses or answers with something else.
    """
    document = tool_document(public_url, configuration.family)
    answer = http.request(
        "POST",
        configuration.registration_url,
        headers={**_headers(token), "Content-Type": "application/json"},
        body=json.dumps(document).encode(),
        max_bytes=MOST_BYTES,
        allows_loopback=allows_loopback,
    )
    if answer.status not in (200, 201):
        raise LTIRegistrationError(
            f"Your LMS refused to register the tool (status {answer.status}). {_reason(answer)}",
            code="lti-registration-refused",
        )
    return _read(answer)


def read_client_id(
    http: HTTPClient,
    configuration: PlatformConfiguration,
    token: str,
    *,
    allows_loopback: bool = False,
) -> str | None:
    """Return the client id of the tool that ``token`` lets us update; None for any other token.

    Moodle shows a tool's registration at the address where it takes one.
    """
    answer = http.request(
        "GET",
        configuration.registration_url,
        headers=_headers(token),
        max_bytes=MOST_BYTES,
        allows_loopback=allows_loopback,
    )
    try:
        members = parse_object(answer.body, max_bytes=MOST_BYTES) if answer.status == 200 else {}
    except StrictJSONError:
        return None
    return _id(members.get("client_id"))


def _headers(token: str) -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {token}"}


def _read(answer: Answer) -> RegistrationGranted:
    try:
        members = parse_object(answer.body, max_bytes=MOST_BYTES)
    except StrictJSONError as error:
        raise _unreadable(f"is not JSON as we read it: {error}") from None
    client_id = _id(members.get("client_id"))
    if client_id is None:
        raise _unreadable("has no usable client_id")
    inner = members.get(TOOL_CONFIGURATION)
    configuration: Mapping[str, Any] = inner if isinstance(inner, dict) else {}
    deployment_id = configuration.get("deployment_id", members.get("deployment_id"))
    return RegistrationGranted(client_id, _id(deployment_id), _scopes(members.get("scope")))


def _id(value: object) -> str | None:
    """Return an id as text: some platforms send numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        return None
    return value if value.isascii() and value.isprintable() else None


def _scopes(value: object) -> tuple[str, ...] | None:
    return tuple(value.split()[:MOST_SCOPES]) if isinstance(value, str) else None


def _reason(answer: Answer) -> str:
    """Return a sentence for a reason that is a plain word; nothing else is ever shown."""
    try:
        word = parse_object(answer.body, max_bytes=MOST_BYTES).get("error")
    except StrictJSONError:
        word = answer.body[:100].decode("ascii", "replace").strip()
    if not isinstance(word, str) or not _REASON.fullmatch(word):
        return "Start the registration there anew."
    return KNOWN_REASONS.get(word, f"Its reason: {word}.")


def _unreadable(what: str) -> LTIRegistrationError:
    return LTIRegistrationError(
        f"The answer of your LMS {what}. Look there whether the tool was made, remove it, and "
        "start anew.",
        code="lti-registration-answer",
    )
