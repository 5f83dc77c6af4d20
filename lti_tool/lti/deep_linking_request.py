"""What a platform says of the links it will take back: the claims of a deep linking request."""

from __future__ import annotations

from typing import Any

from lti_tool.errors import DeepLinkingError
from lti_tool.lti.launch import DeepLinkingSettings
from lti_tool.lti.members import (
    invalid,
    missing,
    optional_flag,
    optional_object,
    optional_text,
    texts,
)
from lti_tool.lti.registrations import PlatformRegistration

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINKING_SETTINGS = DEEP_LINKING + "deep_linking_settings"
LONGEST_DATA = 64 * 1024


def deep_linking_settings(
    payload: dict[str, Any], registration: PlatformRegistration
) -> DeepLinkingSettings:
    """Return the settings of a deep linking request (V31); ``LTIError`` names what is wrong."""
    settings = optional_object(payload, DEEP_LINKING_SETTINGS, "deep_linking_settings")
    if settings is None:
        raise missing("deep_linking_settings")
    return _settings(settings, registration)


def _settings(settings: dict[str, Any], registration: PlatformRegistration) -> DeepLinkingSettings:
    return_url = registration.offered(settings.get("deep_link_return_url"))
    if return_url is None:
        raise DeepLinkingError(
            "The address to which the choice would go back is missing, or is not on a host of "
            "your platform's registration.",
            code="lti-return-url",
        )
    for name in ("accept_types", "accept_presentation_document_targets"):
        if settings.get(name) is None:
            raise missing(name)
    data = optional_text(settings, "data", "data")
    if data is not None and len(data) > LONGEST_DATA:
        raise invalid("data")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=texts(settings, "accept_types", "accept_types"),
        accept_targets=texts(settings, "accept_presentation_document_targets", "accept_targets"),
        accept_multiple=optional_flag(settings, "accept_multiple", "accept_multiple", default=True),
        accept_line_item=optional_flag(
            settings, "accept_lineitem", "accept_lineitem", default=True
        ),
        data=data,
    )
