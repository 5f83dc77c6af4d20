"""The LTI claims of a verified id_token: checked, typed, turned into a Launch (V19-V31, V34)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lti_tool.errors import DeepLinkingError, LTILaunchError
from lti_tool.lti.launch import DeepLinkingSettings, GradeService, Launch, MessageType
from lti_tool.lti.login import is_launch_target
from lti_tool.lti.members import (
    custom_values,
    invalid,
    missing,
    optional_flag,
    optional_object,
    optional_text,
    required_id,
    texts,
    title,
)
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import is_instructor

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = LTI + "version"
MESSAGE_TYPE = LTI + "message_type"
DEPLOYMENT_ID = LTI + "deployment_id"
TARGET_LINK_URI = LTI + "target_link_uri"
RESOURCE_LINK = LTI + "resource_link"
ROLES = LTI + "roles"
CONTEXT = LTI + "context"
CUSTOM = LTI + "custom"
LAUNCH_PRESENTATION = LTI + "launch_presentation"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINKING_SETTINGS = DEEP_LINKING + "deep_linking_settings"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
TOOL_PLATFORM = LTI + "tool_platform"
OTHER_OBJECTS = ("lis", "for_user")

PLACEMENT = "quoin_placement"
LONGEST_DATA = 64 * 1024
MOST_SCOPES = 50

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Trust:
    """Which addresses in claims are believed: our own, and those of the registration."""

    public_url: str
    registration: PlatformRegistration

    def offered(self, url: object) -> str | None:
        """Return a service address that passes V30, None otherwise."""
        return self.registration.offered(url)


def parse_launch(payload: dict[str, Any], trust: Trust) -> Launch:
    """Turn the claims of a verified token into a Launch; ``LTILaunchError`` names what is wrong.

    Unknown claims are ignored; ``null`` counts as absent.
    """
    message_type = _message_type(payload)
    roles = _roles(payload)
    is_teacher = is_instructor(roles)
    link = _resource_link(payload, message_type)
    context = optional_object(payload, CONTEXT, "context") or {}
    custom = custom_values(optional_object(payload, CUSTOM, "custom") or {})
    platform = optional_object(payload, TOOL_PLATFORM, "tool_platform") or {}
    for name in OTHER_OBJECTS:
        optional_object(payload, LTI + name, name)
    return Launch(
        message_type=message_type,
        deployment_id=required_id(payload, DEPLOYMENT_ID, "deployment_id"),
        user_id=required_id(payload, "sub", "sub"),
        name=_name(payload),
        is_instructor=is_teacher,
        target_link_uri=_target(payload, message_type, trust.public_url),
        context_id=required_id(context, "id", "context.id") if context else None,
        context_title=title(context, "title", "context.title")
        or title(context, "label", "context.label"),
        resource_link_id=None if link is None else required_id(link, "id", "resource_link.id"),
        resource_link_title=title(link or {}, "title", "resource_link.title"),
        grades=_grades(payload, trust),
        memberships_url=_memberships_url(payload, trust),
        deep_linking=_deep_linking(payload, message_type, trust, is_teacher=is_teacher),
        locale=_locale(payload),
        placement_uuid=_uuid(custom.get(PLACEMENT, "")),
        custom=custom,
        platform_guid=title(platform, "guid", "tool_platform.guid") or None,
        platform_name=title(platform, "name", "tool_platform.name") or None,
    )


def _message_type(payload: dict[str, Any]) -> MessageType:
    version = payload.get(VERSION)
    if version is None:
        raise missing("version")
    if version != "1.3.0":
        raise LTILaunchError("This tool speaks LTI 1.3.0 only.", code="lti-version")
    name = payload.get(MESSAGE_TYPE)
    if name is None:
        raise missing("message_type")
    try:
        return MessageType(name)
    except ValueError:
        raise LTILaunchError(
            "Your platform sent a kind of message that this tool does not understand.",
            code="lti-message-unsupported",
        ) from None


def _roles(payload: dict[str, Any]) -> tuple[str, ...]:
    # An empty list is a learner; no list at all is not a launch.
    if payload.get(ROLES) is None:
        raise missing("roles")
    return texts(payload, ROLES, "roles")


def _resource_link(payload: dict[str, Any], message_type: MessageType) -> dict[str, Any] | None:
    link = optional_object(payload, RESOURCE_LINK, "resource_link")
    if message_type is not MessageType.RESOURCE_LINK:
        return None
    if link is None:
        raise missing("resource_link")
    return link


def _target(payload: dict[str, Any], message_type: MessageType, public_url: str) -> str | None:
    target = optional_text(payload, TARGET_LINK_URI, "target_link_uri")
    if target is None:
        if message_type is MessageType.RESOURCE_LINK:
            raise missing("target_link_uri")
        return None
    if not is_launch_target(target, public_url):
        raise invalid("target_link_uri")
    return target


def _name(payload: dict[str, Any]) -> str | None:
    full = title(payload, "name", "name")
    parts = (title(payload, key, key) for key in ("given_name", "family_name"))
    return full or " ".join(part for part in parts if part) or None


def _grades(payload: dict[str, Any], trust: Trust) -> GradeService | None:
    endpoint = optional_object(payload, AGS_ENDPOINT, "endpoint")
    if endpoint is None:
        return None
    scopes = texts(endpoint, "scope", "endpoint.scope")
    line_items = optional_text(endpoint, "lineitems", "endpoint.lineitems")
    line_item = optional_text(endpoint, "lineitem", "endpoint.lineitem")
    return GradeService(
        line_items_url=trust.offered(line_items),
        line_item_url=trust.offered(line_item),
        scopes=scopes[:MOST_SCOPES],
    )


def _memberships_url(payload: dict[str, Any], trust: Trust) -> str | None:
    service = optional_object(payload, NRPS_SERVICE, "namesroleservice")
    if service is None:
        return None
    url = optional_text(service, "context_memberships_url", "context_memberships_url")
    return trust.offered(url)


def _deep_linking(
    payload: dict[str, Any], message_type: MessageType, trust: Trust, *, is_teacher: bool
) -> DeepLinkingSettings | None:
    settings = optional_object(payload, DEEP_LINKING_SETTINGS, "deep_linking_settings")
    if message_type is not MessageType.DEEP_LINKING:
        return None
    if settings is None:
        raise missing("deep_linking_settings")
    if not is_teacher:
        raise DeepLinkingError("Only those who teach a course can add links.", code="lti-role")
    return _settings(settings, trust)


def _settings(settings: dict[str, Any], trust: Trust) -> DeepLinkingSettings:
    return_url = trust.offered(settings.get("deep_link_return_url"))
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


def _locale(payload: dict[str, Any]) -> str | None:
    presentation = optional_object(payload, LAUNCH_PRESENTATION, "launch_presentation") or {}
    locale = optional_text(presentation, "locale", "launch_presentation.locale")
    return locale.replace("_", "-") if locale and _LOCALE.fullmatch(locale) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
