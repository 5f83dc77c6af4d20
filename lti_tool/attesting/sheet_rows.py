"""The rows of an uploaded table against what is known: each an entry, or refused with its cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from lti_tool.attesting.entries import Entry
from lti_tool.attesting.tables import Row, Table
from lti_tool.awarding import check_day, check_grade, read_grade
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.attested import CourseLearner
from lti_tool.translating import _

REQUIRED = ("learner", "competency", "date")
OPTIONAL = ("grade", "note")
TOLD_ONLY = ("name", "competency_name", "state")
"""Columns of our own export that say what the others mean; they are not read."""

LONGEST_NOTE = 2000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Competency:
    """What can be recorded: its id, scale, and the grades of its levels by label."""

    id: int
    name: str
    scale: str
    is_award: bool
    levels: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that can be recorded (``entry``) or cannot (``problem``, at ``column``).

    ``learner`` and ``competency`` are names where they were found, else what the row says.
    """

    line: int
    learner: str
    competency: str
    entry: Entry | None
    column: str = ""
    problem: str = ""


class People:
    """The learners of a course by all that a table may call them."""

    def __init__(self, learners: Sequence[CourseLearner]) -> None:
        self._by_id = {one.user_id: one for one in learners if one.user_id}
        self._by_uuid = {str(one.uuid): one for one in learners}
        self._by_name: dict[str, list[CourseLearner]] = defaultdict(list)
        for one in learners:
            if one.name:
                self._by_name[" ".join(one.name.split()).casefold()].append(one)

    def find(self, text: str) -> CourseLearner:
        """Return who is meant; ``InvalidInputError`` for nobody, or for more than one."""
        found = self._by_id.get(text) or self._by_uuid.get(text.lower())
        if found is not None:
            return found
        named = self._by_name.get(" ".join(text.split()).casefold(), [])
        if len(named) > 1:
            raise InvalidInputError(
                _("{n} learners of this course have this name. Use the user id.", n=len(named))
            )
        if not named:
            raise InvalidInputError("Nobody in this course has this user id or exactly this name.")
        return named[0]


def check_header(table: Table) -> None:
    """Refuse a table whose columns are not the ones asked for; ``InvalidInputError``."""
    twice = [name for name, count in Counter(table.header).items() if count > 1]
    if twice:
        raise InvalidInputError(
            _("The column '{name}' is there twice.", name=twice[0][:50]), field="file"
        )
    for number, name in enumerate(table.header, 1):
        if name not in REQUIRED + OPTIONAL + TOLD_ONLY:
            raise InvalidInputError(
                _(
                    "Column {number} is called '{name}'. The columns are "
                    "learner, competency, date, and if needed grade and note.",
                    number=number,
                    name=name[:50],
                ),
                field="file",
            )
    missing = [name for name in REQUIRED if name not in table.header]
    if missing:
        raise InvalidInputError(_("The column '{name}' is missing.", name=missing[0]), field="file")


def check_rows(
    table: Table, people: People, competencies: Mapping[str, Competency], now: datetime
) -> list[CheckedRow]:
    """Return every row as an entry or with what is wrong with it; in their order."""
    return [_check(row, table.header, people, competencies, now) for row in table.rows]


class _RefusedError(Exception):
    """A cell is wrong: its column and what to do."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


def _check(
    row: Row,
    header: Sequence[str],
    people: People,
    competencies: Mapping[str, Competency],
    now: datetime,
) -> CheckedRow:
    cells = dict(zip(header, row.cells, strict=False))
    learner, competency = cells.get("learner", "")[:100], cells.get("competency", "")[:100]
    try:
        if len(row.cells) != len(header):
            raise _RefusedError(
                "",
                _(
                    "This row has {cells} cells and the header has {names}.",
                    cells=len(row.cells),
                    names=len(header),
                ),
            )
        person = _asked("learner", lambda: people.find(cells["learner"]))
        what = competencies.get(cells["competency"])
        learner = person.name or learner
        if what is None:
            raise _RefusedError("competency", _("The catalogue has no competency with this key."))
        competency = what.name
        entry = _entry(cells, person, what, now)
    except _RefusedError as error:
        return CheckedRow(row.line, learner, competency, None, error.column, error.message)
    return CheckedRow(row.line, learner, competency, entry)


def _entry(
    cells: Mapping[str, str], person: CourseLearner, what: Competency, now: datetime
) -> Entry:
    if what.is_award:
        raise _RefusedError("competency", _("This is an award: it follows from its rule alone."))
    day = _day(cells["date"])
    _asked("date", lambda: check_day(day, now))
    grade = _asked("grade", lambda: _grade(cells.get("grade", ""), what))
    note = cells.get("note", "")
    if len(note) > LONGEST_NOTE:
        raise _RefusedError("note", _("A note has at most {most} characters.", most=LONGEST_NOTE))
    return Entry(person.id, person.uuid, what.id, day, grade, note)


def _asked(column: str, ask: Callable[[], T]) -> T:
    """Return what ``ask`` finds; what it refuses is wrong in ``column``."""
    try:
        return ask()
    except InvalidInputError as error:
        raise _RefusedError(column, error.message) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _RefusedError(
            "date", _("Write the date as year-month-day, for example 2026-05-12.")
        ) from None


def _grade(text: str, what: Competency) -> Decimal | None:
    if text in what.levels:
        return what.levels[text]
    grade = read_grade(text)
    check_grade(grade, what.scale)
    return grade
