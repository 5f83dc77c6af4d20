"""Where the consumer reaches into the LMS: each such function, and what answers here instead.

All of them are in ``lti_consumer.plugin.compat``, which is there for this: it holds every call
into the platform. One is taken from there by name, and one more is a method that joins tables
of the platform.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.open_edx import lms_course as course

STAFF = ("instructor", "staff")


def replace() -> None:
    """Put the functions of this file in the place of those that need a whole LMS."""
    from lti_consumer import track
    from lti_consumer.plugin import compat

    for function in (
        load_enough_xblock,
        load_block_as_user,
        get_user_from_external_user_id,
        user_has_access,
        user_course_access,
        user_has_studio_write_access,
        get_course_by_id,
        get_course_members,
    ):
        assert hasattr(compat, function.__name__), function
        setattr(compat, function.__name__, function)
    assert hasattr(track, get_event_tracker.__name__)
    track.get_event_tracker = get_event_tracker


def add_people() -> None:
    """Enrol everybody, and let members be listed with the ids that tools know."""
    from django.contrib.auth import get_user_model
    from lti_consumer.plugin.views import LtiNrpsContextMembershipViewSet

    for username in course.PEOPLE:
        email = f"{username}@harbour.example"
        get_user_model().objects.create(username=username, first_name=username.title(), email=email)
    assert hasattr(LtiNrpsContextMembershipViewSet, attach_external_user_ids.__name__)
    LtiNrpsContextMembershipViewSet.attach_external_user_ids = attach_external_user_ids


def get_event_tracker() -> None:
    """Nothing is tracked: an LMS has a tracker, and this one has not."""


def load_enough_xblock(location: Any) -> course.Block:
    return course.load_block(location)


def load_block_as_user(location: Any) -> course.Block:
    return course.load_block(location)


def get_user_from_external_user_id(external_user_id: str) -> Any:
    from django.contrib.auth import get_user_model
    from lti_consumer.exceptions import LtiError

    for user in get_user_model().objects.all():
        if course.external_id(user.username) == external_user_id:
            return user
    raise LtiError("Invalid User")


def user_has_access(user: Any, *_: Any, **__: Any) -> bool:
    return user.username in course.PEOPLE


def user_course_access(_: Any, user: Any, *__: Any, **___: Any) -> bool:
    return user.username in course.PEOPLE


def user_has_studio_write_access(user: Any, _: Any) -> bool:
    return course.PEOPLE.get(user.username) in STAFF


def get_course_by_id(_: Any) -> Any:
    return SimpleNamespace(
        display_name_with_default="Data Skills",
        display_org_with_default="Harbour",
        lti_passports=[],
    )


def get_course_members(_: Any) -> dict[int, dict[str, Any]]:
    from django.contrib.auth import get_user_model

    return {
        user.id: {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "name": user.first_name,
            "roles": [course.PEOPLE[user.username]],
        }
        for user in get_user_model().objects.filter(username__in=course.PEOPLE)
    }


def attach_external_user_ids(_: Any, data: dict[int, dict[str, Any]]) -> None:
    for member in data.values():
        member["external_id"] = course.external_id(member["username"])
