"""The LTI claims of a verified id_token: checked, typed, turned into a Launch (V19-V31, V34)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lti_tool.errors import LTILaunchError
from lti_tool.lti.deep_linking_request import deep_linking_settings
from lti_tool.lti.launch import GradeService, Launch, MessageType
from lti_tool.lti.login import is_launch_target
from lti_tool.lti.members import (
    custom_values,
    invalid,
    missing,
    optional_object,
    optional_text,
    required_id,
    texts,
    title,
)
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import Roles, read_roles

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
FOR_USER = LTI + "for_user"
ROLE_SCOPE_MENTOR = LTI + "role_scope_mentor"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
NOTICE_SERVICE = LTI + "platformnotificationservice"
CONTEXT_COPY = "LtiContextCopyNotice"
TOOL_PLATFORM = LTI + "tool_platform"
OTHER_OBJECTS = ("lis",)

PLACEMENT = "quoin_placement"
MOST_SCOPES = 50
LONGEST_EMAIL = 320

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
    _check_sender(message_type, roles)
    link = _resource_link(payload, message_type)
    context = _context(payload, message_type)
    presentation = optional_object(payload, LAUNCH_PRESENTATION, "launch_presentation") or {}
    custom = custom_values(optional_object(payload, CUSTOM, "custom") or {})
    platform = optional_object(payload, TOOL_PLATFORM, "tool_platform") or {}
    for name in OTHER_OBJECTS:
        optional_object(payload, LTI + name, name)
    return Launch(
        message_type=message_type,
        deployment_id=required_id(payload, DEPLOYMENT_ID, "deployment_id"),
        user_id=required_id(payload, "sub", "sub"),
        name=_name(payload),
        roles=roles,
        target_link_uri=_target(payload, message_type, trust.public_url),
        context_id=required_id(context, "id", "context.id") if context else None,
        context_title=title(context, "title", "context.title")
        or title(context, "label", "context.label"),
        resource_link_id=None if link is None else required_id(link, "id", "resource_link.id"),
        resource_link_title=title(link or {}, "title", "resource_link.title"),
        grades=_grades(payload, message_type, trust),
        memberships_url=_memberships_url(payload, trust),
        deep_linking=deep_linking_settings(payload, trust.registration)
        if message_type is MessageType.DEEP_LINKING
        else None,
        locale=_locale(presentation),
        placement_uuid=_uuid(custom.get(PLACEMENT, "")),
        mentees=texts(payload, ROLE_SCOPE_MENTOR, "role_scope_mentor"),
        for_user_id=_for_user(payload, message_type),
        notices_url=_notices_url(payload, trust.registration),
        custom=custom,
        platform_guid=title(platform, "guid", "tool_platform.guid") or None,
        platform_name=title(platform, "name", "tool_platform.name") or None,
        email=_email(payload),
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


def _roles(payload: dict[str, Any]) -> Roles:
    # An empty list is a learner; no list at all is not a launch.
    if payload.get(ROLES) is None:
        raise missing("roles")
    return read_roles(texts(payload, ROLES, "roles"))


def _check_sender(message_type: MessageType, roles: Roles) -> None:
    """Check who may send a message of this kind (V33, V34)."""
    teaches = (MessageType.DEEP_LINKING, MessageType.SUBMISSION_REVIEW)
    if message_type in teaches and not roles.in_course.is_staff:
        raise LTILaunchError(
            "Only those who teach a course can add links or review what was handed in.",
            code="lti-role",
        )
    if message_type is MessageType.DATA_PRIVACY and not roles.is_site_administrator:
        raise LTILaunchError(
            "Only an administrator of your platform can open the data of another person.",
            code="lti-role",
        )


def _resource_link(payload: dict[str, Any], message_type: MessageType) -> dict[str, Any] | None:
    link = optional_object(payload, RESOURCE_LINK, "resource_link")
    if message_type is MessageType.DATA_PRIVACY and link is not None:
        raise invalid("resource_link")
    if message_type in (MessageType.DEEP_LINKING, MessageType.DATA_PRIVACY):
        return None
    if link is None and message_type is MessageType.RESOURCE_LINK:
        raise missing("resource_link")
    return link


def _context(payload: dict[str, Any], message_type: MessageType) -> dict[str, Any]:
    context = optional_object(payload, CONTEXT, "context")
    if message_type is MessageType.DATA_PRIVACY and context is not None:
        raise invalid("context")
    if message_type is MessageType.SUBMISSION_REVIEW and context is None:
        raise missing("context")
    return context or {}


def _for_user(payload: dict[str, Any], message_type: MessageType) -> str | None:
    """Return whom a review or a privacy launch is about; other messages need not say (V32)."""
    person = optional_object(payload, FOR_USER, "for_user")
    if message_type not in (MessageType.SUBMISSION_REVIEW, MessageType.DATA_PRIVACY):
        return None
    if person is None:
        raise missing("for_user")
    return required_id(person, "user_id", "for_user.user_id")


def _notices_url(payload: dict[str, Any], registration: PlatformRegistration) -> str | None:
    """Return where handlers of course copies are registered, if the launch offers that."""
    service = optional_object(payload, NOTICE_SERVICE, "platformnotificationservice")
    if service is None:
        return None
    types = texts(service, "notice_types_supported", "notice_types_supported")
    if CONTEXT_COPY not in types:
        return None
    return registration.offered(service.get("platform_notification_service_url"))


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


def _email(payload: dict[str, Any]) -> str | None:
    """Return the address that the platform gives; none that it says it has not verified."""
    found = payload.get("email")
    if not isinstance(found, str) or "@" not in found or not found.isprintable():
        return None
    is_usable = len(found) <= LONGEST_EMAIL and payload.get("email_verified") is not False
    return found if is_usable else None


def _grades(
    payload: dict[str, Any], message_type: MessageType, trust: Trust
) -> GradeService | None:
    endpoint = optional_object(payload, AGS_ENDPOINT, "endpoint")
    if message_type is MessageType.SUBMISSION_REVIEW and not (endpoint or {}).get("lineitem"):
        raise missing("endpoint.lineitem")
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


def _locale(presentation: dict[str, Any]) -> str | None:
    locale = optional_text(presentation, "locale", "launch_presentation.locale")
    return locale.replace("_", "-") if locale and _LOCALE.fullmatch(locale) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
