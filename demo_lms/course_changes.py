"""What has changed since the files were written: copied courses, learners who came or went."""

import sqlite3
from dataclasses import dataclass

STATUSES = ("Active", "Inactive", "Deleted")


@dataclass(frozen=True)
class CourseCopy:
    """A course that was copied from another; its people are those of the origin's file."""

    id: str
    origin: str
    title: str
    context_id: str


@dataclass(frozen=True)
class Enrolment:
    """A learner's standing in a course, in the words of NRPS; ``changed_at`` in Unix seconds."""

    course: str
    username: str
    status: str
    changed_at: float


def add_copy(connection: sqlite3.Connection, copy: CourseCopy) -> None:
    """Remember a copied course."""
    connection.execute(
        "INSERT INTO course_copies (id, origin, title, context_id) VALUES (?, ?, ?, ?)",
        (copy.id, copy.origin, copy.title, copy.context_id),
    )


def list_copies(connection: sqlite3.Connection) -> list[CourseCopy]:
    """All copies, oldest first, so that a copy's copy finds its origin."""
    rows = connection.execute(
        "SELECT id, origin, title, context_id FROM course_copies ORDER BY position"
    )
    return [CourseCopy(**dict(row)) for row in rows]


def put_enrolment(connection: sqlite3.Connection, enrolment: Enrolment) -> None:
    """Let a learner have this standing from now on; ValueError for a status NRPS does not know."""
    if enrolment.status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    connection.execute(
        "INSERT OR REPLACE INTO enrolments VALUES (:course, :username, :status, :changed_at)",
        vars(enrolment),
    )


def list_enrolments(connection: sqlite3.Connection) -> list[Enrolment]:
    """All changed standings, oldest change first."""
    rows = connection.execute("SELECT * FROM enrolments ORDER BY changed_at")
    return [Enrolment(**dict(row)) for row in rows]
