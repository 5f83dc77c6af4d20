"""The Open University Learning Analytics Dataset: CSV tables to facts about students.

Reads ``studentInfo``, ``assessments``, ``studentAssessment`` and ``courses`` (``.csv`` or
``.csv.gz``). What follows from a row, and the reasons, stand in ``docs/importing.md``.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lti_tool.errors import InvalidInputError

START_MONTH = {"B": 2, "J": 10}
PASSED = ("Pass", "Distinction")
UNKNOWN = ("", "?")
COLUMNS = {
    "courses": ("code_module", "code_presentation", "module_presentation_length"),
    "assessments": ("code_module", "code_presentation", "id_assessment", "assessment_type", "date"),
    "studentInfo": ("code_module", "code_presentation", "id_student", "final_result"),
    "studentAssessment": ("id_assessment", "id_student", "date_submitted", "is_banked", "score"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One completion of one student: what, when, how good, and whether it was recognised."""

    student: str
    achievement: str
    on: date
    key: str
    grade: Decimal | None = None
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used: table, line (the header is 1), column, and why."""

    table: str
    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Reading:
    """Everything that was read. ``facts`` is by student; students without facts are listed."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    achievements: dict[str, str] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    without_score: int = 0


def read_oulad(folder: Path) -> Reading:
    """Read the tables in ``folder``.

    A bad row becomes a Reject and the reading goes on; a table that is missing, is not a CSV
    file or lacks a column is an ``InvalidInputError``.
    """
    reading = Reading()
    lengths = _read_courses(folder, reading)
    assessments = _read_assessments(folder, reading)
    _read_modules(folder, reading, lengths)
    _read_scores(folder, reading, assessments)
    return reading


def start_of(presentation: str) -> date:
    """Return the first day of a presentation: 2013J begins in October 2013.

    ``ValueError`` for anything that is not a year and B or J.
    """
    if presentation[4:] not in START_MONTH:
        raise ValueError(f"'{presentation}' is not a presentation such as 2013J")
    return date(int(presentation[:4]), START_MONTH[presentation[4:]], 1)


def _rows(folder: Path, table: str, reading: Reading) -> Iterator[tuple[int, dict[str, str]]]:
    path = next(
        (p for p in (folder / f"{table}.csv.gz", folder / f"{table}.csv") if p.exists()), None
    )
    if path is None:
        raise InvalidInputError(f"{table}.csv.gz is missing in {folder}.", field=table)
    opened = gzip.open if path.suffix == ".gz" else open
    reading.rows[table] = 0
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in COLUMNS[table] if c not in (reader.fieldnames or ())]
            if missing:
                raise InvalidInputError(
                    f"{path.name} has no column {', '.join(missing)}.", field=table
                )
            for row in reader:
                reading.rows[table] += 1
                yield reader.line_num, row
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path.name} cannot be read: {error}", field=table) from None


def _refuse(reading: Reading, table: str, line: int, column: str, reason: str) -> None:
    reading.rejects.append(Reject(table, line, column, reason))


def _read_courses(folder: Path, reading: Reading) -> dict[tuple[str, str], int]:
    lengths: dict[tuple[str, str], int] = {}
    for line, row in _rows(folder, "courses", reading):
        length = _whole(row["module_presentation_length"])
        if length is None:
            _refuse(reading, "courses", line, "module_presentation_length", "not a whole number")
            continue
        lengths[row["code_module"], row["code_presentation"]] = length
        key = row["code_module"].lower()
        reading.achievements[key] = f"Module {row['code_module']}"
    return lengths


@dataclass(frozen=True, slots=True)
class _Assessment:
    achievement: str
    start: date


def _read_assessments(folder: Path, reading: Reading) -> dict[str, _Assessment]:
    """Number the assessments of each module and kind by date: the same slot in every year."""
    table = []
    for line, row in _rows(folder, "assessments", reading):
        try:
            start = start_of(row["code_presentation"])
        except ValueError as error:
            _refuse(reading, "assessments", line, "code_presentation", str(error))
            continue
        day = _whole(row["date"])
        # An exam without a date is held at the end.
        order = (10**6 if day is None else day, row["id_assessment"])
        table.append(
            (row["code_module"], row["code_presentation"], row["assessment_type"], order, start)
        )
    found: dict[str, _Assessment] = {}
    slots: dict[tuple[str, str, str], int] = {}
    for module, presentation, kind, (_, number), start in sorted(table):
        slot = slots[module, presentation, kind] = slots.get((module, presentation, kind), 0) + 1
        key = f"{module}-{kind}-{slot}".lower()
        reading.achievements[key] = f"{module} {kind} {slot}"
        found[number] = _Assessment(key, start)
    return found


def _read_modules(folder: Path, reading: Reading, lengths: dict[tuple[str, str], int]) -> None:
    for line, row in _rows(folder, "studentInfo", reading):
        student = row["id_student"]
        if not student.isdigit():
            _refuse(reading, "studentInfo", line, "id_student", f"'{student}' is not a number")
            continue
        facts = reading.facts.setdefault(student, [])
        module, presentation = row["code_module"], row["code_presentation"]
        if row["final_result"] not in PASSED:
            continue
        if (module, presentation) not in lengths:
            _refuse(reading, "studentInfo", line, "code_presentation", "not in courses")
            continue
        try:
            end = start_of(presentation) + timedelta(days=lengths[module, presentation])
        except (ValueError, OverflowError) as error:
            _refuse(reading, "studentInfo", line, "code_presentation", str(error))
            continue
        key = f"oulad:module:{module}:{presentation}:{student}"
        facts.append(Fact(student, module.lower(), end, key))


def _read_scores(folder: Path, reading: Reading, assessments: dict[str, _Assessment]) -> None:
    for line, row in _rows(folder, "studentAssessment", reading):
        if row["score"] in UNKNOWN:
            reading.without_score += 1
            _refuse(reading, "studentAssessment", line, "score", "no score")
            continue
        fact = _score(reading, line, row, assessments)
        if fact is not None:
            reading.facts.setdefault(fact.student, []).append(fact)


def _score(
    reading: Reading, line: int, row: dict[str, str], assessments: dict[str, _Assessment]
) -> Fact | None:
    def refuse(column: str, reason: str) -> Fact | None:
        _refuse(reading, "studentAssessment", line, column, reason)
        return None

    grade, day = _grade(row["score"]), _whole(row["date_submitted"])
    assessment = assessments.get(row["id_assessment"])
    student = row["id_student"]
    if grade is None:
        return refuse("score", f"'{row['score']}' is not a grade from 0 to 100")
    if day is None or abs(day) > 3650:
        return refuse("date_submitted", f"'{row['date_submitted']}' is not a number of days")
    if assessment is None:
        return refuse("id_assessment", f"'{row['id_assessment']}' is not in assessments")
    if not student.isdigit():
        return refuse("id_student", f"'{student}' is not a number")
    return Fact(
        student,
        assessment.achievement,
        assessment.start + timedelta(days=day),
        f"oulad:assessment:{row['id_assessment']}:{student}",
        grade,
        row["is_banked"] == "1",
    )


def _whole(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _grade(text: str | None) -> Decimal | None:
    try:
        grade = Decimal(text or "")
    except InvalidOperation:
        return None
    return grade if grade.is_finite() and 0 <= grade <= 100 else None
