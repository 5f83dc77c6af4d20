"""What is so now, read from the tables of the platform: for resync, and where a signal is vague.

Tables that a release lacks give nothing. The same state has the same event id whenever it is read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from quoin_xblock.plugin import facts
from quoin_xblock.plugin.facts import Fact
from quoin_xblock.plugin.mapping import Rule

log = logging.getLogger(__name__)

GRADES, CERTIFICATES = "lms.djangoapps.grades.models", "lms.djangoapps.certificates.models"


def list_present_facts(course_key: str, rules: Iterable[Rule]) -> Iterator[Fact]:
    """Give what the platform says now about every learner of a course, as far as rules ask."""
    from opaque_keys.edx.keys import CourseKey

    key = CourseKey.from_string(course_key)
    places: dict[str, set[str]] = {}
    for rule in rules:
        places.setdefault(rule.when, set()).add(rule.block)
    for kind, blocks in places.items():
        yield from _READERS[kind](key, sorted(blocks))


def find_subsection_grade(user_id: int, place: Any) -> Fact | None:
    """Give the present grade of one learner in one subsection."""
    rows = _rows(GRADES, "PersistentSubsectionGrade", user_id=user_id, usage_key=place)
    return next((_subsection_grade(row) for row in rows), None)


def _block_completions(course_key: Any, blocks: list[str]) -> Iterator[Fact | None]:
    where = {"context_key": course_key, "block_key__in": _usage_keys(course_key, blocks)}
    for row in _rows("completion.models", "BlockCompletion", completion__gte=1, **where):
        yield facts.of_block_completion(row)


def _passed_courses(course_key: Any, _: list[str]) -> Iterator[Fact]:
    for row in _course_grades(course_key):
        # A letter grade is given as long as the course is passed; the timestamp stays for ever.
        if row.passed_timestamp is not None and row.letter_grade:
            yield facts.of_row(
                facts.COURSE_PASSED, row.user_id, course_key, at=row.passed_timestamp
            )


def _grades_of_course(course_key: Any, _: list[str]) -> Iterator[Fact]:
    for row in _course_grades(course_key):
        grade = float(row.percent_grade)
        yield facts.of_row(
            facts.COURSE_GRADE, row.user_id, course_key, at=row.modified, grade=grade
        )


def _course_grades(course_key: Any) -> Iterator[Any]:
    yield from _rows(GRADES, "PersistentCourseGrade", course_id=course_key)


def _certificates(course_key: Any, _: list[str]) -> Iterator[Fact]:
    where = {"course_id": course_key, "status__in": facts.EARNED}
    for row in _rows(CERTIFICATES, "GeneratedCertificate", **where):
        yield facts.of_row(
            facts.CERTIFICATE,
            row.user_id,
            course_key,
            at=row.modified_date,
            grade=facts.fraction_of(row.grade),
            mode=str(row.mode or ""),
        )


def _subsection_grades(course_key: Any, blocks: list[str]) -> Iterator[Fact | None]:
    where = {"course_id": course_key, "usage_key__in": _usage_keys(course_key, blocks)}
    for row in _rows(GRADES, "PersistentSubsectionGrade", **where):
        yield _subsection_grade(row)


def _subsection_grade(row: Any) -> Fact | None:
    if not row.possible_graded:
        return None
    return facts.of_row(
        facts.SUBSECTION_GRADE,
        row.user_id,
        row.course_id,
        at=row.modified,
        grade=min(1.0, row.earned_graded / row.possible_graded),
        place=str(row.usage_key),
    )


def _rows(module: str, name: str, **where: Any) -> Iterator[Any]:
    try:
        model = getattr(import_module(module), name)
    except (ImportError, AttributeError):
        log.warning("Quoin: this LMS has no %s.%s; it is not read.", module, name)
        return
    yield from model.objects.filter(**where).iterator()


def _usage_keys(course_key: Any, blocks: list[str]) -> list[Any]:
    """Give the keys of blocks; one that a rule has misspelt is logged and left out."""
    from opaque_keys import InvalidKeyError
    from opaque_keys.edx.keys import UsageKey

    keys = []
    for block in blocks:
        try:
            keys.append(UsageKey.from_string(block).map_into_course(course_key))
        except InvalidKeyError:
            log.warning("Quoin: in the rules of %s: %r names no block.", course_key, block)
    return keys


_READERS: dict[str, Any] = {
    facts.BLOCK_COMPLETED: _block_completions,
    facts.COURSE_PASSED: _passed_courses,
    facts.COURSE_GRADE: _grades_of_course,
    facts.CERTIFICATE: _certificates,
    facts.SUBSECTION_GRADE: _subsection_grades,
}
