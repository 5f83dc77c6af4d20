"""The signed reply that places links to the tool in a course (LTI deep linking)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem

from lti_tool.errors import DeepLinkingError
from lti_tool.lti import claims
from lti_tool.lti.deep_linking_request import DEEP_LINKING
from lti_tool.lti.grades import TAG, json_number
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.launch import DeepLinkingSettings
from lti_tool.lti.login import LAUNCH_PATH
from lti_tool.lti.members import LONGEST_TITLE, clean_text

LIFE = timedelta(minutes=5)
BACK_DATED = timedelta(seconds=10)
RESOURCE_LINK = "ltiResourceLink"
PLAIN_LINK = "link"


@dataclass(frozen=True, slots=True)
class LinkItem:
    """A link to be placed: for which placement, and its column in the gradebook."""

    placement_uuid: UUID
    title: str
    text: str
    score_maximum: Decimal
    resource_id: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Who answers whom: the platform, us under our client id, and the deployment."""

    issuer: str
    client_id: str
    deployment_id: str


def sign_reply(
    key: SigningKey,
    settings: DeepLinkingSettings,
    items: Sequence[LinkItem],
    parties: Parties,
    *,
    public_url: str,
    now: datetime,
) -> str:
    """Return the reply as a JWT; no items mean that the teacher cancelled.

    ``DeepLinkingError`` when the platform takes one item only, or no kind that we have.
    """
    if len(items) > 1 and not settings.accept_multiple:
        raise DeepLinkingError("Your platform takes one link at a time.", code="lti-one-link")
    reply = {
        "iss": parties.client_id,
        "aud": parties.issuer,
        "iat": int((now - BACK_DATED).timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        claims.DEPLOYMENT_ID: parties.deployment_id,
        claims.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        claims.VERSION: "1.3.0",
        DEEP_LINKING + "content_items": [
            _content_item(item, settings, public_url + LAUNCH_PATH) for item in items
        ],
    }
    if settings.data is not None:
        reply[DEEP_LINKING + "data"] = settings.data
    return key.sign(reply)


def _content_item(item: LinkItem, settings: DeepLinkingSettings, url: str) -> dict[str, Any]:
    """Return the item in the best kind that the platform takes.

    Some platforms leave their own kind out of the list, so that a plain link is sent only where
    it is the one thing asked for.
    """
    title, text = clean_text(item.title), clean_text(item.text, 4 * LONGEST_TITLE)
    if RESOURCE_LINK not in settings.accept_types and settings.accept_types:
        if PLAIN_LINK not in settings.accept_types:
            raise DeepLinkingError(
                "Your platform asks for a kind of content that this tool does not have.",
                code="lti-no-fitting-type",
            )
        return {"type": PLAIN_LINK, "title": title, "text": text, "url": url}
    link = DeepLinkResource().set_title(title).set_url(url)
    link.set_custom_params({claims.PLACEMENT: str(item.placement_uuid)})
    if settings.accept_line_item:
        link.set_lineitem(_line_item(item, title))
    content: dict[str, Any] = link.to_dict()
    return {**content, "text": text} if text else content


def _line_item(item: LinkItem, title: str) -> LineItem:
    column = LineItem().set_label(title).set_score_maximum(json_number(item.score_maximum))
    return column.set_resource_id(item.resource_id).set_tag(TAG)
