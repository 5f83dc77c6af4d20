"""Use case: give a course as a table: who is in it and stands where, or what is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_tool.class_standings import freshen
from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.attested import CourseLearner, list_course_learners
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import list_held
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import CurrentStack, list_current_stacks
from lti_tool.persistence.completions import CourseCompletion, list_completions_in
from lti_tool.persistence.courses import get_context_registration
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.standings import StoredStanding, list_standings

MOST_LEARNERS = 5000
"""Of whom progress is computed for one table; of the others what is known already is given."""

COMPLETION_COLUMNS = (
    "learner",
    "name",
    "competency",
    "competency_name",
    "date",
    "grade",
    "note",
    "state",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text, without any guard against formulas: that is the writer's."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def export_course(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    exported_by: int,
    is_roster: bool,
    now: datetime,
) -> Sheet:
    """Return the roster with progress and awards, or the completions of a course.

    Completions have the columns that an upload takes, withdrawn ones told as such. The export is
    written into the audit log.
    """
    with database.writing() as session:
        registration = registration_of(get_context_registration(session, context_id))
        learners = list_course_learners(session, context_id, registration.authority)
        if is_roster:
            sheet = _roster(session, institution_id, learners, now)
        else:
            sheet = _completions(session, context_id, learners)
        add_event(
            session,
            institution_id=institution_id,
            actor=str(get_learner(session, exported_by).uuid),
            action="course.exported",
            at=now,
            detail={"rows": len(sheet.rows), "is_roster": is_roster},
        )
    return sheet


def _completions(session: Session, context_id: int, learners: Sequence[CourseLearner]) -> Sheet:
    people = {one.id: one for one in learners}
    found = [
        _completion(people[item.completion.learner_id], item)
        for item in list_completions_in(session, context_id)
        if item.completion.learner_id in people
    ]
    return Sheet(COMPLETION_COLUMNS, tuple(sorted(found, key=lambda row: (row[1], row[4]))))


def _completion(learner: CourseLearner, item: CourseCompletion) -> tuple[str, ...]:
    done = item.completion
    return (
        learner.user_id or str(learner.uuid),
        learner.name or "",
        item.achievement.key,
        item.achievement.name,
        done.completed_on.isoformat(),
        "" if done.grade is None else _number(done.grade),
        done.note,
        "withdrawn" if item.is_withdrawn else "recorded",
    )


def _roster(
    session: Session, institution_id: int, learners: Sequence[CourseLearner], now: datetime
) -> Sheet:
    ids = [one.id for one in learners]
    freshen(session, institution_id, ids, now, most=MOST_LEARNERS)
    stacks = list_current_stacks(session, institution_id)
    standings = {(row.learner_id, row.stack_id): row for row in list_standings(session, ids)}
    awarded = {
        (held.learner_id, held.stack_id): held.awarded_on for held in list_held(session, ids)
    }
    header = ["learner", "name", "in_course"]
    for row in stacks:
        header += [f"{row.stack.key}: {what}" for what in ("counted", "needed", "awarded_on")]
    rows = tuple(
        (
            one.user_id or str(one.uuid),
            one.name or "",
            "yes" if one.is_active else "no",
            *_standings(one.id, stacks, standings, awarded),
        )
        for one in learners
    )
    return Sheet(tuple(header), rows)


def _standings(
    learner_id: int,
    stacks: Sequence[CurrentStack],
    standings: dict[tuple[int, int], StoredStanding],
    awarded: dict[tuple[int, int], date],
) -> Iterator[str]:
    for row in stacks:
        key = (learner_id, row.stack.id)
        standing = standings.get(key)
        yield "" if standing is None else _number(standing.have)
        yield "" if standing is None else f"{_number(standing.need)} {standing.unit}"
        yield awarded[key].isoformat() if key in awarded else ""


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")
