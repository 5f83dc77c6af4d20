"""The links of a course: each opens the tool, most of them placed by deep linking."""

import json
import sqlite3
import uuid
from dataclasses import dataclass

from demo_lms.people import SUBJECT_NAMESPACE, Course

FIRST_LINK_TITLE = "My microcredentials"


@dataclass(frozen=True)
class Link:
    """One resource link; ``url`` is None where the tool's launch address is meant."""

    id: str
    course: str
    title: str
    text: str
    url: str | None
    custom: dict[str, str]


def _link(row: sqlite3.Row) -> Link:
    return Link(
        id=row["id"],
        course=row["course"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        custom=json.loads(row["custom"]),
    )


def ensure_first_link(connection: sqlite3.Connection, course: Course) -> None:
    """Give the course its ungraded link to the tool, once."""
    link_id = str(uuid.uuid5(SUBJECT_NAMESPACE, f"first-link:{course.id}"))
    connection.execute(
        "INSERT OR IGNORE INTO links (id, course, title, text) VALUES (?, ?, ?, ?)",
        (link_id, course.id, FIRST_LINK_TITLE, "See what you have earned and what comes next."),
    )


def list_links(connection: sqlite3.Connection, course_id: str) -> list[Link]:
    """The links of a course in the order in which they were added."""
    rows = connection.execute(
        "SELECT * FROM links WHERE course = ? ORDER BY position", (course_id,)
    )
    return [_link(row) for row in rows]


def find_link(connection: sqlite3.Connection, course_id: str, link_id: str) -> Link | None:
    """The link of that id inside that course."""
    row = connection.execute(
        "SELECT * FROM links WHERE course = ? AND id = ?", (course_id, link_id)
    ).fetchone()
    return _link(row) if row else None


def ensure_link(
    connection: sqlite3.Connection,
    course_id: str,
    *,
    title: str,
    text: str,
    url: str | None,
    custom: dict[str, str],
) -> str:
    """Add a link and give its id; the same non-empty ``custom`` in a course is the same link."""
    key = json.dumps(custom, sort_keys=True)
    row = connection.execute(
        """INSERT INTO links (id, course, title, text, url, custom) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (course, custom) WHERE custom <> '{}'
           DO UPDATE SET title = excluded.title, text = excluded.text, url = excluded.url
           RETURNING id""",
        (str(uuid.uuid4()), course_id, title, text, url, key),
    ).fetchone()
    return str(row["id"])
