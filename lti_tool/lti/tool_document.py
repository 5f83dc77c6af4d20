"""Our side of dynamic registration: the document that we post to a platform."""

from __future__ import annotations

from urllib.parse import urlsplit

from lti_tool.lti.canvas import (
    DESCRIPTION,
    HISTORY,
    PLACEMENTS,
    PRIVACY_LEVEL,
    TITLE,
    TOOL_ID,
)
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.scopes import WANTED

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
CLAIMS = ("iss", "sub", "name", "given_name", "family_name")
MESSAGES = (
    "LtiResourceLinkRequest",
    "LtiDeepLinkingRequest",
    "LtiSubmissionReviewRequest",
    "DataPrivacyLaunchRequest",
)


def tool_document(public_url: str, family: ProductFamily) -> dict[str, object]:
    """Return our registration for a platform of ``family`` (LTI Dynamic Registration 1.0, 3.5).

    Moodle and others get the members of the specification alone; Canvas gets its own as well.
    """
    is_canvas = family is ProductFamily.CANVAS
    target = f"{public_url}/lti/launch"
    configuration: dict[str, object] = {
        # With the port: Moodle compares it with host and port of the target.
        "domain": urlsplit(public_url).netloc,
        "description": DESCRIPTION,
        "target_link_uri": target,
        "custom_parameters": HISTORY,
        "claims": list(CLAIMS),
        "messages": _canvas_messages(target) if is_canvas else _messages(target),
    }
    if is_canvas:
        configuration[f"{CANVAS}privacy_level"] = PRIVACY_LEVEL
        configuration[f"{CANVAS}tool_id"] = TOOL_ID
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": f"{public_url}/lti/login",
        "redirect_uris": [target],
        "client_name": TITLE,
        "jwks_uri": f"{public_url}/lti/jwks",
        "logo_uri": f"{public_url}/static/mark.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scope.url for scope in WANTED),
        TOOL_CONFIGURATION: configuration,
    }


def _messages(target: str) -> list[dict[str, object]]:
    return [{"type": kind, "target_link_uri": target} for kind in MESSAGES]


def _canvas_messages(target: str) -> list[dict[str, object]]:
    return [
        {
            "type": place.message_type,
            "target_link_uri": target,
            "label": place.label,
            "placements": [place.name],
            **(
                {f"{CANVAS}course_navigation/default_enabled": False}
                if place.name == "course_navigation"
                else {}
            ),
        }
        for place in PLACEMENTS
    ]
