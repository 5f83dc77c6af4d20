"""Use cases: check a backup, and put what it holds into an empty database."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table

from lti_tool.backup_format import LONGEST_LINE, Column, Held, Reader, Rows, Tally, Tell, row_line
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence import schema
from lti_tool.persistence.backups import (
    continue_numbers,
    insert_rows,
    is_empty,
    kind_of,
    list_tables,
    read_rows,
    restoring,
)
from lti_tool.persistence.base import Database


def check_backup(path: Path) -> Held:
    """Read a backup to its end; ``InvalidInputError`` if it is damaged or none at all."""
    with _opened(path) as reader:
        for table in reader.tables():
            for _ in table.rows:
                pass
    return _held(reader)


def restore_backup(database: Database, path: Path, *, tell: Tell) -> Held:
    """Put a backup into an empty database; all of it, or nothing.

    Every row is read again from the database afterwards, and has to be the one of the backup.
    ``ConflictError`` if the database holds anything, or the backup is of another release;
    ``InvalidInputError`` if it is damaged.
    """
    head = check_backup(path).head
    if head.revision != schema.head():
        raise ConflictError(
            f"The backup is of release {head.release} ({head.revision}): restore it with that "
            "release, and then run 'quoin db upgrade' with this one."
        )
    schema.upgrade(database)
    with _opened(path) as reader, restoring(database) as connection:
        if not is_empty(connection):
            raise ConflictError("The database is not empty; restore into one that is.")
        known = {table.name: table for table in list_tables()}
        for rows in reader.tables():
            _insert(connection, known, rows, tell)
        _compare(connection, reader.tallies)
        continue_numbers(connection, is_sqlite=database.is_sqlite)
    return _held(reader)


def _insert(connection: Connection, known: dict[str, Table], rows: Rows, tell: Tell) -> None:
    table = known.get(rows.name)
    if table is None or {one.name for one in rows.columns} != set(table.c.keys()):
        raise InvalidInputError(f"The backup has a table that this release has not: {rows.name}.")
    insert_rows(connection, table, [one.name for one in rows.columns], rows.rows)
    tell(rows.name, 0)


def _compare(connection: Connection, tallies: dict[str, Tally]) -> None:
    for table in list_tables():
        columns = tuple(Column(one.name, kind_of(one)) for one in table.columns)
        found = Tally()
        for row in read_rows(connection, table):
            found.add(row_line(columns, row))
        if table.name not in tallies or found.said != tallies[table.name].said:
            raise InvalidInputError(f"The table {table.name} would not be what was backed up.")


@contextmanager
def _opened(path: Path) -> Iterator[Reader]:
    try:
        with gzip.open(path, "rb") as file:
            yield Reader(iter(lambda: file.readline(LONGEST_LINE + 1), b""))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InvalidInputError("The backup is damaged, or no backup at all.") from None


def _held(reader: Reader) -> Held:
    return Held(reader.head, {name: tally.rows for name, tally in reader.tallies.items()})
