"""What LTI's role vocabulary makes of a person in a course; unknown roles make a learner."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
"""Canvas's student view: a teacher who looks at the course as a student would."""


class CourseRole(StrEnum):
    """What somebody is in a course, the strongest first."""

    ADMINISTRATOR = "administrator"
    INSTRUCTOR = "instructor"
    CONTENT_DEVELOPER = "content-developer"
    ASSISTANT = "assistant"
    LEARNER = "learner"
    MENTOR = "mentor"

    @property
    def is_staff(self) -> bool:
        """Return whether this role sees the learners of the course."""
        return self in STAFF


STAFF = frozenset(
    {
        CourseRole.ADMINISTRATOR,
        CourseRole.INSTRUCTOR,
        CourseRole.CONTENT_DEVELOPER,
        CourseRole.ASSISTANT,
    }
)
SITE_ADMINISTRATORS = frozenset(
    {f"{INSTITUTION}Administrator", f"{SYSTEM}Administrator", f"{SYSTEM}SysAdmin"}
)
NAMES = {
    "Administrator": CourseRole.ADMINISTRATOR,
    "Instructor": CourseRole.INSTRUCTOR,
    "ContentDeveloper": CourseRole.CONTENT_DEVELOPER,
    "Learner": CourseRole.LEARNER,
    "Mentor": CourseRole.MENTOR,
    "TeachingAssistant": CourseRole.ASSISTANT,
}
ASSISTANT_ADDRESS = f"{CONTEXT}/Instructor#TeachingAssistant"


@dataclass(frozen=True, slots=True)
class Roles:
    """One person's roles as this tool needs them.

    ``is_site_administrator`` is a role of the institution or the system: it never makes a
    teacher of a course. ``is_preview`` is a teacher's view as a student.
    """

    in_course: CourseRole
    is_site_administrator: bool = False
    is_preview: bool = False


def read_roles(roles: Collection[str]) -> Roles:
    """Return what ``roles`` (addresses, or short names that count for the course) come to.

    The strongest role counts, with one exception: the sub-role of a teaching assistant comes
    together with its principal role Instructor (LTI Core 1.3, appendix A.2.3), which it narrows.
    """
    found = {role for role in map(_course_role, roles) if role is not None}
    if CourseRole.ASSISTANT in found and CourseRole.ADMINISTRATOR not in found:
        found -= {CourseRole.INSTRUCTOR}
    in_course = next((role for role in CourseRole if role in found), CourseRole.LEARNER)
    return Roles(
        in_course=in_course,
        is_site_administrator=not SITE_ADMINISTRATORS.isdisjoint(roles),
        is_preview=TEST_USER in roles,
    )


def is_instructor(roles: Iterable[str]) -> bool:
    """Return whether one of ``roles`` sees the learners of the course."""
    return read_roles(tuple(roles)).in_course.is_staff


def _course_role(role: str) -> CourseRole | None:
    """Return the course role that ``role`` names, by its address or its short name."""
    if role == ASSISTANT_ADDRESS:
        return CourseRole.ASSISTANT
    prefix, _, name = role.rpartition("#")
    if prefix in ("", CONTEXT):
        return NAMES.get(name)
    # Sub-roles (".../membership/Mentor#Observer") count as their principal role.
    principal = prefix.removeprefix(f"{CONTEXT}/")
    return NAMES.get(principal) if principal != prefix else None
