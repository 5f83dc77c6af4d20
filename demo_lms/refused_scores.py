"""Scores that were refused, kept so that teachers see them beside the gradebook."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti1p3platform.exceptions import LtiServiceException

from demo_lms.gradebook import Column
from demo_lms.lms import LMS

MOST_SHOWN = 20


@dataclass(frozen=True)
class RefusedScore:
    """One refusal; ``username`` is empty when the tool named nobody we know."""

    column_id: int
    username: str
    status: int
    reason: str
    refused_at: str


def note_refusal(
    lms: LMS, column: Column, score: dict[str, Any], problem: LtiServiceException
) -> None:
    """Remember a refusal, in a transaction of its own."""
    person = lms.directory.person_of(score.get("userId"))
    with lms.database.writing() as connection:
        connection.execute(
            """INSERT INTO refused_scores (column_id, username, status, reason, refused_at)
               VALUES (?, ?, ?, ?, ?)""",
            (
                column.id,
                person.username if person else "",
                problem.status_code,
                problem.message,
                datetime.now(UTC).isoformat(),
            ),
        )


def list_refused(connection: sqlite3.Connection, course_id: str) -> list[RefusedScore]:
    """The latest refusals in a course, newest first."""
    rows = connection.execute(
        """SELECT column_id, username, status, reason, refused_at FROM refused_scores
           WHERE column_id IN (SELECT id FROM gradebook_columns WHERE course = ?)
           ORDER BY id DESC LIMIT ?""",
        (course_id, MOST_SHOWN),
    )
    return [RefusedScore(**dict(row)) for row in rows]
