"""What Canvas is told of this tool: placements, privacy level, the JSON of a developer key.

Names as in Canvas's documentation of LTI developer keys and of its registration service.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.lti.scopes import WANTED

PLATFORM = "canvas.instructure.com"
TOOL_ID = "quoin"
PRIVACY_LEVEL = "name_only"
"""Names and no e-mail addresses: the tool has no use for them."""

HISTORY = {
    "context_history": "$Context.id.history",
    "resource_link_history": "$ResourceLink.id.history",
}
"""Custom parameters by which a copied course finds its origin; other platforms have them, too."""

TITLE = "Quoin"
DESCRIPTION = "Stackable microcredentials: what a student has completed adds up to awards."
SELECTION_SIZE = {"selection_width": 900, "selection_height": 700}


@dataclass(frozen=True, slots=True)
class Placement:
    """A place of Canvas at which the tool is offered, and the message that it sends there."""

    name: str
    message_type: str
    label: str


PLACEMENTS = (
    Placement("course_navigation", "LtiResourceLinkRequest", "Microcredentials"),
    Placement("link_selection", "LtiDeepLinkingRequest", "Add from Quoin"),
    Placement("assignment_selection", "LtiDeepLinkingRequest", "Add from Quoin"),
)


def canvas_configuration(public_url: str) -> dict[str, object]:
    """Return the JSON that an administrator pastes into an LTI developer key."""
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{public_url}/lti/login",
        "target_link_uri": f"{public_url}/lti/launch",
        "public_jwk_url": f"{public_url}/lti/jwks",
        "scopes": [scope.url for scope in WANTED],
        "custom_fields": HISTORY,
        "extensions": [
            {
                "platform": PLATFORM,
                "domain": urlsplit(public_url).netloc,
                "tool_id": TOOL_ID,
                "privacy_level": PRIVACY_LEVEL,
                "settings": {
                    "platform": PLATFORM,
                    "text": TITLE,
                    "placements": [_placement(place, public_url) for place in PLACEMENTS],
                },
            }
        ],
    }


def _placement(place: Placement, public_url: str) -> dict[str, object]:
    found: dict[str, object] = {
        "placement": place.name,
        "message_type": place.message_type,
        "text": place.label,
        "target_link_uri": f"{public_url}/lti/launch",
    }
    if place.name == "course_navigation":
        # Each course decides for itself; the tool does not turn up everywhere uninvited.
        return found | {"default": "disabled"}
    return found | SELECTION_SIZE
