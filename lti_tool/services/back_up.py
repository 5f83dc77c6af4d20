"""Use case: write everything that the database holds into a file, as of one moment."""

from __future__ import annotations

import gzip
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from lti_tool.backup_format import (
    Column,
    Head,
    Held,
    Tally,
    Tell,
    end_line,
    head_line,
    row_line,
    table_line,
)
from lti_tool.errors import ConflictError
from lti_tool.persistence import schema
from lti_tool.persistence.backups import kind_of, list_tables, read_rows, snapshot
from lti_tool.persistence.base import Database


def back_up(database: Database, path: Path, *, release: str, now: datetime, tell: Tell) -> Held:
    """Write a backup to ``path``, which nobody else may read; ``ConflictError`` if it is there.

    The file has its name when it is whole. Others go on writing meanwhile.
    """
    if path.exists():
        raise ConflictError(f"{path.name} is there already; choose another name.")
    revision = schema.current(database)
    if revision is None:
        raise ConflictError("The database is empty: there is nothing to back up.")
    head = Head(revision, release, now)
    unfinished = path.with_name(f"{path.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        file.write(head_line(head))
        with snapshot(database) as connection:
            tallies = _write_tables(connection, file, tell)
        file.write(end_line(tallies))
    unfinished.rename(path)
    return Held(head, {name: tally.rows for name, tally in tallies.items()})


def _write_tables(connection: Connection, file: gzip.GzipFile, tell: Tell) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for table in list_tables():
        columns = tuple(Column(one.name, kind_of(one)) for one in table.columns)
        tally = tallies[table.name] = Tally()
        file.write(table_line(table.name, columns))
        for row in read_rows(connection, table):
            line = row_line(columns, row)
            tally.add(line)
            file.write(line)
        tell(table.name, tally.rows)
    return tallies
