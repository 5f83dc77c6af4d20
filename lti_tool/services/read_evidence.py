"""Use case: read one page of one course from its evidence source, and do what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from lti_tool.errors import QuoinError, SourceError
from lti_tool.gathering.applying import apply_page, note_items, note_problem
from lti_tool.gathering.course import SourceCourse, load_course
from lti_tool.gathering.opening import SourceDoor
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import (
    EvidenceReading,
    get_reading_again,
    lease_reading,
)
from lti_tool.persistence.evidence_sources import EvidenceSource
from lti_tool.sources.evidence import FactKind, FactPage
from lti_tool.sources.source_problems import OF_SOURCE, TEMPORARY, problem

LEASE = timedelta(minutes=15)
"""A page asks a few dozen times, and each answer may take its time."""

BETWEEN_PAGES = timedelta(seconds=1)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_HOLD = timedelta(days=1)
"""What a source asks for is obeyed up to this."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """What became of one step: which source, and the code of what went wrong ("" for nothing)."""

    source: str
    problem: str
    is_finished: bool


@dataclass(frozen=True, slots=True)
class _Job:
    reading_id: int
    leased_until: datetime
    cursor: str | None
    course: SourceCourse | SourceError


def read_evidence(
    database: Database,
    door: SourceDoor,
    *,
    every: timedelta,
    now: datetime,
    source_uuid: UUID | None = None,
) -> EvidenceRead | None:
    """Read one page that is due, and record, correct or withdraw what follows from it.

    A page is used whole or not at all, in one transaction; its cursor is kept with it, so that
    a reading that breaks off goes on there. ``every`` is the pause between two readings of a
    course. None when nothing is due (of this source alone, if one is named).
    """
    with database.writing() as session:
        job = _take(session, now, source_uuid)
    if job is None:
        return None
    outcome = _ask(door, job)
    try:
        return _finish(database, job, outcome, every, now)
    except QuoinError as error:
        # Undone whole; it is read anew from where it was.
        found = error if isinstance(error, SourceError) else problem("source-error")
        return _finish(database, job, found, every, now)


def _finish(
    database: Database,
    job: _Job,
    outcome: FactPage | SourceError,
    every: timedelta,
    now: datetime,
) -> EvidenceRead:
    """Use or refuse what was answered, unless another worker has the reading by now."""
    with database.writing() as session:
        reading = get_reading_again(session, job.reading_id, job.leased_until)
        if reading is None:
            return EvidenceRead("", "", is_finished=False)
        source = session.get_one(EvidenceSource, reading.source_id)
        if isinstance(outcome, SourceError):
            _fail(source, reading, outcome, every, now)
        else:
            _use(session, source, reading, outcome, every, now)
        reading.leased_until = None
        done = EvidenceRead(source.name, reading.problem or source.problem, reading.cursor is None)
    log.info(
        "evidence.read", source=str(source.uuid), problem=done.problem, finished=done.is_finished
    )
    return done


def _take(session: Session, now: datetime, source_uuid: UUID | None) -> _Job | None:
    reading = lease_reading(session, now, LEASE, source_uuid)
    if reading is None or reading.leased_until is None:
        return None
    source = session.get_one(EvidenceSource, reading.source_id)
    if reading.cursor is None:
        reading.seen, reading.strangers = [], 0
    try:
        course: SourceCourse | SourceError = load_course(session, source, reading.context_id)
    except SourceError as error:
        course = error
    return _Job(reading.id, reading.leased_until, reading.cursor, course)


def _ask(door: SourceDoor, job: _Job) -> FactPage | SourceError:
    if isinstance(job.course, SourceError):
        return job.course
    course = job.course
    try:
        source = course.open(door)
        return source.read(course.key, course.kinds, sorted(course.people), job.cursor)
    except SourceError as error:
        return error


def _use(
    session: Session,
    source: EvidenceSource,
    reading: EvidenceReading,
    page: FactPage,
    every: timedelta,
    now: datetime,
) -> None:
    # Loaded anew: a rule may have been ended, or somebody erased, while the source was asked.
    course = load_course(session, source, reading.context_id)
    seen = note_items(course, page.items, now)
    apply_page(session, course, page, now)
    reading.seen = sorted({*reading.seen, *seen})
    named = {fact.subject for fact in page.facts}
    reading.strangers = max(reading.strangers, len(named - set(course.people)))
    reading.cursor, reading.failures = page.cursor, 0
    _note(reading, "", now)
    _note(source, "", now)
    if page.cursor is not None:
        reading.due_at = source.held_until = now + BETWEEN_PAGES
        return
    reading.due_at, reading.finished_at, source.held_until = now + every, now, None
    if course.people:
        _note_missing(course, reading.seen, now)


def _note_missing(course: SourceCourse, seen: list[str], now: datetime) -> None:
    """Say at the rules whose item the source has not named in a whole reading."""
    for mapping, _ in course.mappings:
        if f"{mapping.kind}:{mapping.item_key}" not in seen:
            is_course = mapping.kind == FactKind.COURSE
            note_problem(mapping, "source-no-criteria" if is_course else "item-gone", now)


def _fail(
    source: EvidenceSource,
    reading: EvidenceReading,
    error: SourceError,
    every: timedelta,
    now: datetime,
) -> None:
    """Note what went wrong, and when to ask again; nothing that was recorded changes."""
    reading.failures += 1
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(reading.failures - 1, 10))
    if error.retry_after:
        wait = min(LONGEST_HOLD, timedelta(seconds=error.retry_after))
    if error.code not in TEMPORARY:
        # Somebody has to act, and then everything is read from the beginning.
        wait, reading.cursor = max(wait, every), None
    reading.due_at = now + wait
    if error.code in OF_SOURCE:
        source.held_until = reading.due_at
        _note(source, error.code, now)
    else:
        _note(reading, error.code, now)


def _note(row: EvidenceSource | EvidenceReading, code: str, now: datetime) -> None:
    if row.problem != code:
        row.problem, row.problem_at = code, now if code else None
