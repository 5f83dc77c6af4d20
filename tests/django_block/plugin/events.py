"""Events as the platform fires them: signals of openedx-events, rows of edx-completion."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey

COURSE = "course-v1:Harbour+SQL+2026"
BLOCK = "block-v1:Harbour+SQL+2026+type@html+block@joins"
AT = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


def _user(user_id: int) -> Any:
    from openedx_events.learning.data import UserData, UserPersonalData

    pii = UserPersonalData(username="amara", email="", name="")
    return UserData(pii=pii, id=user_id, is_active=True)


def _course(course: str | None) -> Any:
    from openedx_events.learning.data import CourseData

    return CourseData(course_key=None if course is None else CourseKey.from_string(course))


def pass_course(user_id: int, *, course: str | None = COURSE, is_passing: bool = True) -> None:
    from openedx_events.learning.data import CoursePassingStatusData
    from openedx_events.learning.signals import COURSE_PASSING_STATUS_UPDATED

    status = CoursePassingStatusData(
        is_passing=is_passing, course=_course(course), user=_user(user_id)
    )
    COURSE_PASSING_STATUS_UPDATED.send_event(course_passing_status=status)


def change_grade(user_id: int, grade: float) -> None:
    from openedx_events.learning.data import PersistentCourseGradeData
    from openedx_events.learning.signals import PERSISTENT_GRADE_SUMMARY_CHANGED

    data = PersistentCourseGradeData(
        user_id=user_id,
        course=_course(COURSE),
        course_edited_timestamp=AT,
        course_version="1",
        grading_policy_hash="x",
        percent_grade=grade,
        letter_grade="A",
        passed_timestamp=AT,
    )
    PERSISTENT_GRADE_SUMMARY_CHANGED.send_event(grade=data)


def certify(user_id: int, *, signal: str = "CREATED", status: str = "downloadable") -> None:
    from openedx_events.learning import signals
    from openedx_events.learning.data import CertificateData

    data = CertificateData(
        user=_user(user_id),
        course=_course(COURSE),
        mode="verified",
        grade="0.91",
        download_url="",
        name="",
        current_status=status,
    )
    getattr(signals, f"CERTIFICATE_{signal}").send_event(certificate=data)


def complete_block(user: Any, completion: float = 1.0, *, block: str = BLOCK) -> Any:
    from completion.models import BlockCompletion

    row, _ = BlockCompletion.objects.submit_completion(
        user=user, block_key=UsageKey.from_string(block), completion=completion
    )
    return row
