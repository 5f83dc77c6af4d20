"""The SQLite file of the practice LMS: its tables, its transactions, and what may be used once."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    course TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    url TEXT,
    custom TEXT NOT NULL DEFAULT '{}',
    client_id TEXT NOT NULL DEFAULT 'quoin-demo',
    restricted_to TEXT,
    history TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS gradebook_columns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course TEXT NOT NULL,
    label TEXT NOT NULL,
    score_maximum REAL NOT NULL,
    resource_id TEXT,
    tag TEXT,
    link_id TEXT REFERENCES links (id),
    client_id TEXT NOT NULL DEFAULT 'quoin-demo',
    review TEXT
);
CREATE TABLE IF NOT EXISTS scores (
    column_id INTEGER NOT NULL REFERENCES gradebook_columns (id) ON DELETE CASCADE,
    username TEXT NOT NULL,
    score REAL,
    comment TEXT NOT NULL DEFAULT '',
    activity_progress TEXT NOT NULL,
    grading_progress TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    changed_by TEXT NOT NULL DEFAULT '',
    published INTEGER NOT NULL DEFAULT 1,
    submissions INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (column_id, username)
);
CREATE TABLE IF NOT EXISTS refused_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    column_id INTEGER NOT NULL REFERENCES gradebook_columns (id) ON DELETE CASCADE,
    username TEXT NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,
    refused_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tool_registrations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS course_copies (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    title TEXT NOT NULL,
    context_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS enrolments (
    course TEXT NOT NULL,
    username TEXT NOT NULL,
    status TEXT NOT NULL,
    changed_at REAL NOT NULL,
    PRIMARY KEY (course, username)
);
CREATE TABLE IF NOT EXISTS notice_handlers (
    client_id TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    notice_type TEXT NOT NULL,
    handler TEXT NOT NULL,
    PRIMARY KEY (client_id, deployment_id, notice_type)
);
CREATE TABLE IF NOT EXISTS notices (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    type TEXT NOT NULL,
    claims TEXT NOT NULL,
    answers TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS quiz_results (
    quiz INTEGER NOT NULL,
    username TEXT NOT NULL,
    points REAL,
    graded_at REAL NOT NULL,
    changed_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (quiz, username)
);
CREATE TABLE IF NOT EXISTS service_tokens (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    functions TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS used_once (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
);
"""

# Columns that came later: (table, column, definition). A file of an older demo gets them added.
LATER = (
    ("links", "client_id", "TEXT NOT NULL DEFAULT 'quoin-demo'"),
    ("links", "restricted_to", "TEXT"),
    ("links", "history", "TEXT NOT NULL DEFAULT '[]'"),
    ("gradebook_columns", "client_id", "TEXT NOT NULL DEFAULT 'quoin-demo'"),
    ("gradebook_columns", "review", "TEXT"),
    ("scores", "changed_by", "TEXT NOT NULL DEFAULT ''"),
    ("scores", "published", "INTEGER NOT NULL DEFAULT 1"),
    ("scores", "submissions", "INTEGER NOT NULL DEFAULT 1"),
)

INDEXES = """
-- Deep linking the same placement again finds the link that is there.
DROP INDEX IF EXISTS links_by_custom;
CREATE UNIQUE INDEX IF NOT EXISTS links_by_tool_and_custom
    ON links (course, client_id, custom) WHERE custom <> '{}';
"""


class Database:
    """One SQLite file; every transaction has a connection of its own, so threads never share."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
            _add_later_columns(connection)
            connection.executescript(INDEXES)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=20, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the data."""
        with self._connected() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; committed at the end, undone by any exception."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _add_later_columns(connection: sqlite3.Connection) -> None:
    for table, column, definition in LATER:
        known = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
        if column not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")


def use_once(database: Database, kind: str, value: str, *, expires_at: int, now: int) -> bool:
    """Note ``value`` as used until ``expires_at`` (Unix seconds); False if it was used before."""
    with database.writing() as connection:
        connection.execute("DELETE FROM used_once WHERE expires_at < ?", (now,))
        cursor = connection.execute(
            "INSERT OR IGNORE INTO used_once (kind, value, expires_at) VALUES (?, ?, ?)",
            (kind, value, expires_at),
        )
        return cursor.rowcount == 1
