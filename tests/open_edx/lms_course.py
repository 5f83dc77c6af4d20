"""The course of the Open edX under test: its people, and blocks that are the consumer's own.

``Block`` is the XBlock of lti-consumer-xblock itself over a dictionary of field values; what
its runtime publishes as a grade lands in ``GRADES``, as it would in the LMS's gradebook.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from lti_consumer.lti_xblock import LtiConsumerXBlock
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.field_data import DictFieldData
from xblock.fields import ScopeIds
from xblock.test.tools import TestRuntime

COURSE = CourseKey.from_string("course-v1:Harbour+DS1+2026")
PEOPLE = {"maria": "instructor", "tom": "staff", "amara": "student", "kofi": "student"}
"""Role in the course by username."""

BLOCKS: dict[str, dict[str, Any]] = {}
"""Field values by usage key."""

GRADES: dict[str, dict[str, float]] = {}
"""What the LMS shows: by usage key the share of the maximum by username."""


def external_id(username: str) -> str:
    """Return the id of a person that is given to tools: a UUID that says nothing of them."""
    return str(uuid5(NAMESPACE_DNS, username))


def usage_key(name: str) -> UsageKey:
    """Return the usage key of a block of the course."""
    return COURSE.make_usage_key("lti_consumer", name)


class Block(LtiConsumerXBlock):
    """The consumer's block; the three fields come from the LMS's own mixins."""

    due = None
    graceperiod = None
    location = property(lambda self: self.scope_ids.usage_id)


class Runtime(TestRuntime):
    """What the LMS does for a block: who is there, and where a grade goes."""

    def __init__(self, username: str | None) -> None:
        super().__init__(services={"user": self, "rebind_user": self})
        self._username = username

    def publish(self, block: Block, event: str, data: dict[str, Any]) -> None:
        """Keep a grade as the LMS would."""
        from django.contrib.auth import get_user_model

        assert event == "grade"
        username = get_user_model().objects.get(id=data["user_id"]).username
        shown = GRADES.setdefault(str(block.location), {})
        shown[username] = data["value"] / data["max_value"]

    def rebind_noauth_module_to_user(self, block: Block, user: Any) -> None:
        """A block of ours holds no state of a person."""

    def get_external_user_id(self, kind: str) -> str:
        """Return the id that tools get."""
        assert (kind, bool(self._username)) == ("lti", True)
        return external_id(str(self._username))

    def get_current_user(self) -> Any:
        """Return whom the block is shown to."""
        from django.contrib.auth import get_user_model

        user = get_user_model().objects.get(username=self._username)
        values = {
            "is_authenticated": True,
            "user_is_staff": False,
            "user_role": PEOPLE[user.username],
            "user_id": user.id,
            "username": user.username,
        }
        options = {f"edx-platform.{name}": value for name, value in values.items()}
        return SimpleNamespace(full_name=user.first_name, emails=[user.email], opt_attrs=options)


def load_block(location: UsageKey, username: str | None = None) -> Block:
    """Return a block as somebody, or nobody, sees it."""
    fields = DictFieldData(dict(BLOCKS[str(location)]))
    scopes = ScopeIds(username, "lti_consumer", location, location)
    return Block(Runtime(username), fields, scopes)
