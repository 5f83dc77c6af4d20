"""Use case: record the rows of an uploaded table in one transaction, or try what that leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.attesting.entries import Applied, Outcome, apply_entries
from lti_tool.attesting.sheet_rows import CheckedRow, Competency, People, check_rows
from lti_tool.attesting.tables import read_table
from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.attested import CourseLearner, list_course_learners
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.courses import get_context_registration
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.rubrics import list_all_levels
from lti_tool.persistence.staged_sheets import get_sheet


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What becomes of one row: its outcome, or why it is refused (``problem``, at ``column``).

    ``awards`` are the titles of what follows, told at the first new row of the learner.
    """

    line: int
    learner: str
    competency: str
    completed_on: date | None
    grade: Decimal | None
    outcome: Outcome | None
    column: str
    problem: str
    awards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table leads to, or led to; ``encoding`` and ``separator`` are how it was read."""

    encoding: str
    separator: str
    rows: tuple[ImportedRow, ...]

    @property
    def new(self) -> int:
        """How many rows are recorded."""
        return sum(row.outcome is Outcome.NEW for row in self.rows)

    @property
    def refused(self) -> int:
        """How many rows are not recorded because something is wrong with them."""
        return sum(row.outcome is None for row in self.rows)

    @property
    def known(self) -> int:
        """How many rows say nothing new."""
        return len(self.rows) - self.new - self.refused


def import_sheet(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    recorded_by: int,
    sheet_uuid: UUID,
    is_dry_run: bool,
    now: datetime,
) -> Imported:
    """Record every good row of a table that was staged, in one transaction; a dry run does not.

    Refused rows are left out. The same content is recorded once, however often it is uploaded;
    what was withdrawn is not brought back. ``NotFoundError`` once the table is not kept any more.
    """
    with database.writing() as session:
        table = read_table(get_sheet(session, context_id, recorded_by, sheet_uuid, now))
        checked = check_rows(
            table,
            People(_learners(session, context_id)),
            _competencies(session, institution_id),
            now,
        )
        actor = str(get_learner(session, recorded_by).uuid)
        applied = apply_entries(
            session,
            institution_id,
            context_id,
            [row.entry for row in checked if row.entry is not None],
            prefix=f"csv:{context_id}",
            source="csv",
            brings_back=False,
            recorded_by=recorded_by,
            actor=actor,
            now=now,
        )
        if is_dry_run:
            session.rollback()
        elif applied.added:
            add_event(
                session,
                institution_id=institution_id,
                actor=actor,
                action="sheet.imported",
                at=now,
                detail={"completions": applied.added, "rows": len(checked)},
            )
    return Imported(table.encoding, table.separator, tuple(_rows(checked, applied)))


def _learners(session: Session, context_id: int) -> list[CourseLearner]:
    registration = registration_of(get_context_registration(session, context_id))
    return list_course_learners(session, context_id, registration.authority)


def _competencies(session: Session, institution_id: int) -> dict[str, Competency]:
    levels = list_all_levels(session, institution_id)
    return {
        one.key: Competency(
            one.id,
            one.name,
            one.scale,
            one.is_award,
            {level.label: level.grade for level in levels.get(one.id, [])},
        )
        for one in list_achievements(session, institution_id)
    }


def _rows(checked: Sequence[CheckedRow], applied: Applied) -> Iterator[ImportedRow]:
    outcomes = iter(applied.outcomes)
    awards = dict(applied.awards)
    for row in checked:
        entry = row.entry
        outcome = None if entry is None else next(outcomes)
        follows: tuple[str, ...] = ()
        if entry is not None and outcome is Outcome.NEW:
            follows = awards.pop(entry.learner_id, ())
        yield ImportedRow(
            row.line,
            row.learner,
            row.competency,
            None if entry is None else entry.completed_on,
            None if entry is None else entry.grade,
            outcome,
            row.column,
            row.problem,
            follows,
        )
