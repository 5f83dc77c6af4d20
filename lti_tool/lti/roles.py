"""Which roles of LTI's vocabulary teach a course; no others do."""

from __future__ import annotations

from collections.abc import Iterable

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTOR_NAMES = ("Instructor", "Administrator", "ContentDeveloper", "TeachingAssistant")
INSTRUCTOR_ROLES = frozenset(
    {
        *INSTRUCTOR_NAMES,
        *(f"{CONTEXT}#{name}" for name in INSTRUCTOR_NAMES),
        # A teaching assistant is a sub-role of the instructor, with an address of its own form.
        f"{CONTEXT}/Instructor#TeachingAssistant",
    }
)


def is_instructor(roles: Iterable[str]) -> bool:
    """Return whether one of ``roles`` (addresses or short names) teaches the course.

    Institution and system roles never do: an administrator of the site is a learner here
    unless the course says otherwise. Unknown roles and none at all are learners.
    """
    return not INSTRUCTOR_ROLES.isdisjoint(roles)
