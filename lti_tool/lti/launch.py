"""A verified launch as frozen values: what the rest of the tool sees of an id_token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from lti_tool.lti.roles import Roles

CONTEXT_HISTORY = "context_history"
"""The custom parameter that registration asks ``$Context.id.history`` into."""


class MessageType(StrEnum):
    """The messages this tool understands."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "LtiDataPrivacyLaunchRequest"


@dataclass(frozen=True, slots=True)
class GradeService:
    """What a launch offers of the gradebook (AGS)."""

    line_items_url: str | None
    line_item_url: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What the platform will take back; ``data`` is echoed exactly."""

    return_url: str
    accept_types: tuple[str, ...]
    accept_targets: tuple[str, ...]
    accept_multiple: bool
    accept_line_item: bool
    data: str | None

    def to_json(self) -> dict[str, object]:
        """Return the settings as plain data, for a session to keep."""
        return {
            "return_url": self.return_url,
            "accept_types": list(self.accept_types),
            "accept_targets": list(self.accept_targets),
            "accept_multiple": self.accept_multiple,
            "accept_line_item": self.accept_line_item,
            "data": self.data,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> DeepLinkingSettings:
        """Return what ``to_json`` made."""
        values = dict(kept)
        for name in ("accept_types", "accept_targets"):
            values[name] = tuple(values[name])  # type: ignore[arg-type]
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Launch:
    """One person opening the tool in one course of one deployment.

    ``context_id`` is None outside a course; ``custom`` holds usable texts only;
    ``placement_uuid`` is the deep-linked placement that the link names, if any.
    ``platform_guid`` and ``platform_name`` are noted and decide nothing.
    ``mentees`` are the only learners that a mentor may see, ``for_user_id`` whom a review or a
    privacy launch is about: both by the platform's user ids. ``email`` is an address that the
    platform vouches for.
    """

    message_type: MessageType
    deployment_id: str
    user_id: str
    name: str | None
    roles: Roles
    target_link_uri: str | None
    context_id: str | None
    context_title: str
    resource_link_id: str | None
    resource_link_title: str
    grades: GradeService | None
    memberships_url: str | None
    deep_linking: DeepLinkingSettings | None
    locale: str | None
    placement_uuid: UUID | None = None
    mentees: tuple[str, ...] = ()
    for_user_id: str | None = None
    notices_url: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    platform_guid: str | None = None
    platform_name: str | None = None
    email: str | None = None

    @property
    def history(self) -> str:
        """Return ``$Context.id.history`` as it came: the courses this one was copied from."""
        return self.custom.get(CONTEXT_HISTORY, "")

    @property
    def is_instructor(self) -> bool:
        """Return whether this person sees the learners of the course."""
        return self.roles.in_course.is_staff
