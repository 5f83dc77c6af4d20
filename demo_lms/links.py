"""The links of a course: each opens the tool, most of them placed by deep linking."""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from demo_lms.people import SUBJECT_NAMESPACE, Course, Person
from demo_lms.registration import ToolRegistration
from demo_lms.settings import CLIENT_ID

FIRST_LINK_TITLE = "My microcredentials"
FIRST_LINK_TEXT = "See what you have earned and what comes next."


@dataclass(frozen=True)
class Link:
    """One resource link; ``url`` is None where the tool's launch address is meant.

    ``restricted_to`` has the usernames of the only learners who may open it, None means all;
    ``history`` the ids of the links it was copied from, nearest first.
    """

    id: str
    course: str
    title: str
    text: str
    url: str | None
    custom: dict[str, str]
    client_id: str
    restricted_to: tuple[str, ...] | None = None
    history: tuple[str, ...] = ()

    def is_open_to(self, course: Course, person: Person) -> bool:
        """Whether the person may open it: a restriction is for learners."""
        restricted = self.restricted_to is not None and not course.sees_everyone(person)
        return not restricted or person.username in (self.restricted_to or ())


def _link(row: sqlite3.Row) -> Link:
    return Link(
        id=row["id"],
        course=row["course"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        custom=json.loads(row["custom"]),
        client_id=row["client_id"],
        restricted_to=_usernames(row["restricted_to"]),
        history=tuple(json.loads(row["history"])),
    )


def _usernames(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(json.loads(text))


def restrict_link(
    connection: sqlite3.Connection, link_id: str, usernames: Sequence[str] | None
) -> bool:
    """Open a link to these learners only (None: to all); False when there is no such link."""
    text = None if usernames is None else json.dumps(list(usernames))
    cursor = connection.execute("UPDATE links SET restricted_to = ? WHERE id = ?", (text, link_id))
    return cursor.rowcount == 1


def ensure_first_link(
    connection: sqlite3.Connection, course: Course, tool: ToolRegistration
) -> None:
    """Give the course its ungraded link to a tool, once; ours has a name of its own."""
    ours = tool.client_id == CLIENT_ID
    name = f"first-link:{course.id}" if ours else f"first-link:{course.id}:{tool.client_id}"
    title, text = (FIRST_LINK_TITLE, FIRST_LINK_TEXT) if ours else (tool.name, "")
    connection.execute(
        "INSERT OR IGNORE INTO links (id, course, title, text, client_id) VALUES (?, ?, ?, ?, ?)",
        (str(uuid.uuid5(SUBJECT_NAMESPACE, name)), course.id, title, text, tool.client_id),
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
    client_id: str,
    *,
    title: str,
    text: str,
    url: str | None,
    custom: dict[str, str],
) -> str:
    """Add a link and give its id; the same non-empty ``custom`` in a course is the same link."""
    key = json.dumps(custom, sort_keys=True)
    row = connection.execute(
        """INSERT INTO links (id, course, title, text, url, custom, client_id)
           VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (course, client_id, custom) WHERE custom <> '{}'
           DO UPDATE SET title = excluded.title, text = excluded.text, url = excluded.url
           RETURNING id""",
        (str(uuid.uuid4()), course_id, title, text, url, key, client_id),
    ).fetchone()
    return str(row["id"])
