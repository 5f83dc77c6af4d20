"""The services that the blocks ask for, as the LMS answers. Who somebody is, stands in the name.

``?student=amy`` is a learner, ``staff`` the course team, ``staff-as-amy`` the course team looking
as a learner, ``nobody`` a visitor who has not signed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from xblock.reference.user_service import XBlockUser

COURSE = "course-v1:Harbour+DATA+2026"
STAFF, AS, NOBODY = "staff", "staff-as-", "nobody"


@dataclass(frozen=True, slots=True)
class Person:
    """A student as the name tells."""

    name: str
    is_anonymous: bool
    is_staff: bool
    is_masquerading: bool


def person(student: str) -> Person:
    """Give the person that ``student`` names."""
    return Person(
        name=student.removeprefix(AS),
        is_anonymous=student in (NOBODY, "none", "None", ""),
        is_staff=student == STAFF,
        is_masquerading=student.startswith(AS),
    )


class UserService:
    """Stands for the LMS's service ``user``."""

    runtime: Any = None

    def get_current_user(self) -> XBlockUser:
        """Give who looks, with the attributes of an LMS."""
        who = self._person()
        user = XBlockUser(is_current_user=True)
        user.opt_attrs = {
            "edx-platform.is_authenticated": not who.is_anonymous,
            "edx-platform.username": None if who.is_anonymous else who.name,
            "edx-platform.user_role": "staff" if who.is_staff else "student",
            "edx-platform.user_is_staff": who.is_staff,
            "edx-platform.anonymous_user_id": pseudonym(who.name),
            "edx-platform.user_id": None if who.is_anonymous else number(who.name),
            "quoin-xblock.is_masquerading": who.is_masquerading,
        }
        return user

    def get_external_user_id(self, kind: str) -> str:
        """Give the id that LTI launches carry; people called ``new-...`` have none yet."""
        who = self._person()
        if who.name.startswith("new-"):
            raise ValueError(kind)
        return str(uuid5(NAMESPACE_URL, f"{kind}:{who.name}"))

    def get_anonymous_user_id(self, username: str, _course: str) -> str | None:
        """Give the pseudonym of somebody who was in the course, None for anybody else."""
        from workbench.models import XBlockState

        is_known = XBlockState.objects.filter(user_id=username).exists()
        return pseudonym(username) if is_known else None

    def get_user_by_anonymous_id(self, _pseudonym: str) -> None:
        """Give nobody: without the plugin there is no use for a number."""

    def _person(self) -> Person:
        return person(str(self.runtime.user_id))


class CompletionService:
    """Stands for the LMS's service ``completion``."""

    runtime: Any = None

    def get_completions(self, keys: Iterable[str]) -> dict[str, float]:
        """Give the completion of each block; one query."""
        from demo_workbench.models import Reported

        name = person(str(self.runtime.user_id)).name
        rows = Reported.objects.filter(student=name, usage__in=list(keys))
        return dict(rows.values_list("usage", "completion"))


def read_scores(user_id: int | None, keys: Iterable[str]) -> dict[str, float]:
    """Give the scores of a student, as the setting SCORES asks for."""
    from demo_workbench.models import Reported

    rows = Reported.objects.filter(usage__in=list(keys), score__isnull=False)
    found = rows.values_list("student", "usage", "score")
    return {usage: score for student, usage, score in found if number(student) == user_id}


def pseudonym(name: str) -> str:
    """Give the id of somebody in this course."""
    return hashlib.sha256(f"{COURSE}:{name}".encode()).hexdigest()[:32]


def number(name: str) -> int:
    """Give the LMS's own number of somebody."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:7], 16)
