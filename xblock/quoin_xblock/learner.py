"""Who looks at a block, and whether anything may be recorded of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from quoin_xblock import compat

log = logging.getLogger(__name__)
STAFF_ROLES = ("staff", "instructor")


@dataclass(frozen=True, slots=True)
class Learner:
    """The person in front of the page, as the LMS tells a block about them.

    ``user_id`` is the LMS's own number, ``course_id`` the LMS's pseudonym of them in this course;
    both may be missing outside an LMS.
    """

    is_anonymous: bool = True
    is_staff: bool = False
    is_masquerading: bool = False
    user_id: int | None = None
    course_id: str = ""

    @property
    def can_record(self) -> bool:
        """Say whether what they do is evidence: of learners in their own name, of nobody else."""
        return not (self.is_anonymous or self.is_staff or self.is_masquerading)


def read_learner(block: Any) -> Learner:
    """Ask the ``user`` service who it is; nobody when it does not know."""
    service = block.runtime.service(block, "user")
    user = None if service is None else service.get_current_user()
    if user is None:
        return Learner()
    found = user.opt_attrs
    in_workbench = found.get("xblock-workbench.user_id") is not None
    user_id = found.get("edx-platform.user_id")
    masquerading = bool(found.get("quoin-xblock.is_masquerading")) or compat.is_masquerading(
        course_key_of(block)
    )
    return Learner(
        is_anonymous=not found.get("edx-platform.is_authenticated", in_workbench),
        is_staff=bool(found.get("edx-platform.user_is_staff"))
        or found.get("edx-platform.user_role") in STAFF_ROLES,
        is_masquerading=masquerading,
        user_id=user_id if isinstance(user_id, int) else None,
        course_id=str(found.get("edx-platform.anonymous_user_id") or ""),
    )


def find_subject(block: Any) -> str:
    """Give the id by which LTI launches know the learner, "" when they have none yet.

    The platform's LTI consumer sends the same one, so that both ways lead to one learner.
    """
    service = block.runtime.service(block, "user")
    try:
        return str(service.get_external_user_id("lti") or "")
    except (AttributeError, ValueError) as error:
        log.info("No external id for a learner: %s", type(error).__name__)
        return ""


def course_key_of(block: Any) -> Any:
    """Give the key of the course that holds the block, None outside a course."""
    return getattr(block.scope_ids.usage_id, "course_key", None)
