"""The gradebook: columns of a course and the scores that stand in them."""

import sqlite3
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnValues:
    """What a tool may say of a column; ``review`` is its submissionReview as JSON."""

    label: str
    score_maximum: float
    resource_id: str | None = None
    tag: str | None = None
    link_id: str | None = None
    review: str | None = None


@dataclass(frozen=True)
class Column(ColumnValues):
    """A column that stands in a course."""

    id: int = 0
    course: str = ""
    client_id: str = ""

    def values_for(self, link_id: str | None) -> ColumnValues:
        """The same values for a column that belongs to another link."""
        return ColumnValues(
            self.label, self.score_maximum, self.resource_id, self.tag, link_id, self.review
        )


@dataclass(frozen=True)
class StandingScore:
    """The last word on one learner in one column; ``score`` is None when it was erased.

    ``changed_by`` is the teacher who had it, empty for the tool; what is not ``published`` is kept
    for the tool but shown to nobody.
    """

    column_id: int
    username: str
    score: float | None
    comment: str
    activity_progress: str
    grading_progress: str
    timestamp: str
    changed_by: str = ""
    published: bool = True
    submissions: int = 1

    @property
    def by_teacher(self) -> bool:
        """Whether a teacher had the last word."""
        return bool(self.changed_by)


def _column(row: sqlite3.Row) -> Column:
    return Column(**dict(row))


def list_columns(
    connection: sqlite3.Connection, course_id: str, **equal: str | None
) -> list[Column]:
    """The columns of a course, oldest first; ``equal`` filters by one of their values."""
    rows = connection.execute(
        "SELECT * FROM gradebook_columns WHERE course = ? ORDER BY id", (course_id,)
    )
    columns = [_column(row) for row in rows]
    wanted = {name: value for name, value in equal.items() if value is not None}
    return [
        column
        for column in columns
        if all(getattr(column, name) == value for name, value in wanted.items())
    ]


def find_column(connection: sqlite3.Connection, course_id: str, column_id: str) -> Column | None:
    """The column of that id inside that course."""
    row = connection.execute(
        "SELECT * FROM gradebook_columns WHERE course = ? AND CAST(id AS TEXT) = ?",
        (course_id, column_id),
    ).fetchone()
    return _column(row) if row else None


def add_column(
    connection: sqlite3.Connection, course_id: str, client_id: str, values: ColumnValues
) -> Column:
    """Add a column; a second one with the same resource id is not refused (Moodle does not)."""
    row = connection.execute(
        """INSERT INTO gradebook_columns
               (course, client_id, label, score_maximum, resource_id, tag, link_id, review)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *""",
        (course_id, client_id, *_in_order(values)),
    ).fetchone()
    return _column(row)


def ensure_column(
    connection: sqlite3.Connection, course_id: str, client_id: str, values: ColumnValues
) -> Column:
    """The tool's column of that resource id and tag, made if there is none yet."""
    if values.resource_id is not None:
        wanted = {"client_id": client_id, "resource_id": values.resource_id}
        columns = list_columns(connection, course_id, **wanted)
        same = [column for column in columns if column.tag == values.tag]
        if same:
            return replace_column(connection, same[0].id, values)
    return add_column(connection, course_id, client_id, values)


def replace_column(connection: sqlite3.Connection, column_id: int, values: ColumnValues) -> Column:
    """Make the column exactly what ``values`` says: what it leaves out is cleared."""
    row = connection.execute(
        """UPDATE gradebook_columns
           SET label = ?, score_maximum = ?, resource_id = ?, tag = ?, link_id = ?, review = ?
           WHERE id = ? RETURNING *""",
        (*_in_order(values), column_id),
    ).fetchone()
    return _column(row)


def remove_column(connection: sqlite3.Connection, column_id: int) -> None:
    """Remove a column with all scores in it."""
    connection.execute("DELETE FROM gradebook_columns WHERE id = ?", (column_id,))


def _in_order(values: ColumnValues) -> tuple[Any, ...]:
    return (
        values.label,
        values.score_maximum,
        values.resource_id,
        values.tag,
        values.link_id,
        values.review,
    )


def find_score(
    connection: sqlite3.Connection, column_id: int, username: str
) -> StandingScore | None:
    """What stands for this learner in this column."""
    row = connection.execute(
        "SELECT * FROM scores WHERE column_id = ? AND username = ?", (column_id, username)
    ).fetchone()
    return _score(row) if row else None


def _score(row: sqlite3.Row) -> StandingScore:
    return StandingScore(**{**dict(row), "published": bool(row["published"])})


def list_scores(connection: sqlite3.Connection, column_id: int) -> list[StandingScore]:
    """All that stands in a column, by username."""
    rows = connection.execute(
        "SELECT * FROM scores WHERE column_id = ? ORDER BY username", (column_id,)
    )
    return [_score(row) for row in rows]


def put_score(connection: sqlite3.Connection, score: StandingScore) -> None:
    """Let ``score`` stand in place of whatever stood there."""
    connection.execute(
        """INSERT OR REPLACE INTO scores
               (column_id, username, score, comment, activity_progress, grading_progress,
                timestamp, changed_by, published, submissions)
           VALUES (:column_id, :username, :score, :comment, :activity_progress,
                   :grading_progress, :timestamp, :changed_by, :published, :submissions)""",
        vars(score),
    )
