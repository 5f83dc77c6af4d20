"""Notices of a platform outside every launch (Platform Notification Service 1.0), as values.

Each notice of a batch is a token of its own and is judged alone. Claim names as Canvas sends them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import LTILaunchError
from lti_tool.lti.claims import CONTEXT, CONTEXT_COPY, DEPLOYMENT_ID, LTI
from lti_tool.lti.members import (
    invalid,
    missing,
    optional_object,
    optional_text,
    required_id,
    texts,
    title,
)
from lti_tool.lti.platform_client import Call, PlatformClient
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.strict_json import StrictJSONError, parse_object

NOTICE = LTI + "notice"
ORIGIN_CONTEXTS = LTI + "origin_contexts"
HANDLERS_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
NOTICES_PATH = "/lti/notices"
MOST_NOTICES = 100
LARGEST_BATCH = 1024 * 1024
LONGEST_TYPE = 100
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a verified notice says; ``context_id`` is empty where it is about no course."""

    id: str
    type: str
    deployment_id: str
    context_id: str
    context_title: str
    origin_ids: tuple[str, ...]


def read_batch(body: bytes) -> list[str]:
    """Return the tokens of a batch ({"notices": [{"jwt": ...}]}); ``LTILaunchError`` refuses it."""
    try:
        entries = parse_object(body, max_bytes=LARGEST_BATCH).get("notices")
    except StrictJSONError as error:
        raise _not_a_batch(str(error)) from None
    if not isinstance(entries, list) or len(entries) > MOST_NOTICES:
        raise _not_a_batch(f"it has no list of at most {MOST_NOTICES} notices")
    tokens = [entry.get("jwt") if isinstance(entry, dict) else None for entry in entries]
    return [token if isinstance(token, str) else "" for token in tokens]


def parse_notice(payload: dict[str, Any]) -> Notice:
    """Turn the claims of a verified notice into a value; ``LTILaunchError`` names what is wrong."""
    notice = optional_object(payload, NOTICE, "notice")
    if notice is None:
        raise missing("notice")
    context = optional_object(payload, CONTEXT, "context") or {}
    kind = optional_text(notice, "type", "notice.type")
    if not kind or len(kind) > LONGEST_TYPE:
        raise invalid("notice.type")
    return Notice(
        id=required_id(notice, "id", "notice.id"),
        type=kind,
        deployment_id=required_id(payload, DEPLOYMENT_ID, "deployment_id"),
        context_id=required_id(context, "id", "context.id") if context else "",
        context_title=title(context, "title", "context.title"),
        origin_ids=texts(payload, ORIGIN_CONTEXTS, "origin_contexts"),
    )


def ask_for_notices(
    client: PlatformClient, registration: PlatformRegistration, url: str, *, public_url: str
) -> None:
    """Ask the platform to tell us of copied courses; ``LTIServiceError`` when it does not."""
    handler = {"notice_type": CONTEXT_COPY, "handler": public_url + NOTICES_PATH}
    call = Call(
        method="PUT",
        url=url,
        accept=JSON,
        content_type=JSON,
        needed=frozenset({HANDLERS_SCOPE}),
        body=json.dumps(handler).encode(),
    )
    client.read(registration, call)


def _not_a_batch(reason: str) -> LTILaunchError:
    return LTILaunchError(f"This is no batch of notices: {reason}.", code="lti-notice-form")
