"""What happened in the LMS, in our words. Pure: events come in as they are, facts go out.

A fact that is not about a learner in a course gives None: an event without a course key is about
a whole organisation, one without a user id about nobody who is known.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

COURSE_PASSED = "course_passed"
COURSE_GRADE = "course_grade"
CERTIFICATE = "certificate"
BLOCK_COMPLETED = "block_completed"
SUBSECTION_GRADE = "subsection_grade"
KINDS = (COURSE_PASSED, COURSE_GRADE, CERTIFICATE, BLOCK_COMPLETED, SUBSECTION_GRADE)
"""The words for ``when`` in a rule and for switches in the settings."""

EARNED, LOST = ("downloadable", "generating"), ("notpassing", "unavailable")
"""States of a certificate of the platform; the others say neither."""
_SPACE = uuid.UUID("a5f4dd0c-8f0d-5d4e-9c1b-6f1c2f0b7d11")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is now so. ``event_id`` is the same whenever the same event is read again."""

    kind: str
    user_id: int
    course_key: str
    event_id: str
    at: datetime
    is_met: bool = True
    """False: not passed, not complete, certificate taken back."""
    grade: float | None = None
    """From 0 to 1."""
    place: str = ""
    """Usage key of the block or subsection."""
    mode: str = ""
    """Of a certificate: honor, verified, ..."""


def of_passing_status(status: Any, metadata: Any) -> Fact | None:
    """Read COURSE_PASSING_STATUS_UPDATED, also that of a CCX."""
    course = status.course
    course_key = getattr(course, "ccx_course_key", None) or getattr(course, "course_key", None)
    return _fact(
        COURSE_PASSED, status.user.id, course_key, metadata, is_met=bool(status.is_passing)
    )


def of_course_grade(grade: Any, metadata: Any) -> Fact | None:
    """Read PERSISTENT_GRADE_SUMMARY_CHANGED."""
    course_key = grade.course.course_key
    return _fact(
        COURSE_GRADE, grade.user_id, course_key, metadata, grade=float(grade.percent_grade)
    )


def of_certificate(certificate: Any, metadata: Any, *, is_revoked: bool = False) -> Fact | None:
    """Read CERTIFICATE_CREATED, CERTIFICATE_CHANGED or (``is_revoked``) CERTIFICATE_REVOKED."""
    if not is_revoked and certificate.current_status not in EARNED + LOST:
        return None
    return _fact(
        CERTIFICATE,
        certificate.user.id,
        certificate.course.course_key,
        metadata,
        is_met=not is_revoked and certificate.current_status in EARNED,
        grade=fraction_of(certificate.grade),
        mode=str(certificate.mode or ""),
    )


def of_block_completion(row: Any) -> Fact | None:
    """Read a BlockCompletion of the platform; the same state has the same event id."""
    if not row.user_id or not row.context_key:
        return None
    return of_row(
        BLOCK_COMPLETED,
        row.user_id,
        row.context_key,
        at=row.modified,
        place=str(row.block_key),
        is_met=row.completion >= 1,
    )


def of_row(
    kind: str, user_id: int, course_key: Any, *, at: datetime, place: str = "", **more: Any
) -> Fact:
    """Make a fact of a row of the platform; the same state has the same event id."""
    known = [f"{name}={more[name]}" for name in sorted(more)]
    event_id = made_id(kind, user_id, course_key, place, *known, _aware(at))
    return Fact(kind, user_id, str(course_key), event_id, _aware(at), place=place, **more)


def made_id(*parts: object) -> str:
    """Give the id of an event that has none of its own: the same parts, the same id."""
    return str(uuid.uuid5(_SPACE, "\n".join(map(str, parts))))


def fraction_of(grade: object) -> float | None:
    """Give the grade of a certificate, a text there; None where it is not a part of 1."""
    try:
        value = float(str(grade))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _fact(
    kind: str, user_id: int | None, course_key: Any, metadata: Any, **more: Any
) -> Fact | None:
    if not user_id or not course_key:
        return None
    at = _aware(metadata.time)
    return Fact(kind, user_id, str(course_key), str(metadata.id), at, **more)


def _aware(time: datetime) -> datetime:
    """Give ``time`` in UTC; the platform's metadata hold UTC without saying so in old releases."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
