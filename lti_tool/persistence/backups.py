"""Every row of the database, out as of one moment and in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    LargeBinary,
    Table,
    TableClause,
    Uuid,
    column,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import table as plain_table

from lti_tool.persistence.base import CHUNK, Base, Database, ExactDecimal, UTCDateTime

KINDS = (
    (UTCDateTime, "instant"),
    (ExactDecimal, "exact"),
    (Date, "day"),
    (Uuid, "uuid"),
    (LargeBinary, "bytes"),
)


def list_tables() -> list[Table]:
    """Return all tables, each after those that it refers to."""
    return list(Base.metadata.sorted_tables)


def kind_of(column: Column[Any]) -> str:
    """Return what the values of a column are, as backups say it."""
    return next((kind for class_, kind in KINDS if isinstance(column.type, class_)), "plain")


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Give a connection that sees the database as it is now, whatever others write meanwhile."""
    level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


def read_rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """Yield the rows of a table in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query.execution_options(yield_per=CHUNK))


def is_empty(connection: Connection) -> bool:
    """Return whether there is not a single row."""
    return not any(
        connection.scalar(select(func.count()).select_from(table)) for table in list_tables()
    )


@contextmanager
def restoring(database: Database) -> Iterator[Connection]:
    """Give a connection into which rows of the past go; all of them are kept, or none.

    The triggers that guard what is new (append-only tables, four eyes) stand aside meanwhile.
    """
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection = connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")  # noqa: PLW2901
        with connection.begin(), _without_triggers(connection, database.is_sqlite):
            yield connection


@contextmanager
def _without_triggers(connection: Connection, is_sqlite: bool) -> Iterator[None]:  # noqa: FBT001
    if is_sqlite:
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [tuple(row) for row in connection.execute(query)]
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, made_by in triggers:
            connection.exec_driver_sql(made_by)
        return
    for table in list_tables():
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    for table in list_tables():
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows; what they refer to is there, or among them."""
    filled: Iterator[dict[str, Any]] = (dict(zip(names, row, strict=True)) for row in rows)
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    if own:
        filled = _referred_first(filled, own[0])
    statement = insert(_plain(table))
    while part := list(islice(filled, CHUNK)):
        connection.execute(statement, part)


def _plain(table: Table) -> TableClause:
    """Return a table for inserting: what is None is SQL's null where that may be, not JSON's."""
    columns = [
        column(one.name, JSON(none_as_null=bool(one.nullable)) if is_json else one.type)
        for one in table.columns
        for is_json in [isinstance(one.type, JSON)]
    ]
    return plain_table(table.name, *columns)


def _referred_first(rows: Iterable[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    """Yield rows of a table that refers to itself, each after the one to which it refers."""
    waiting: dict[int, list[dict[str, Any]]] = {}
    there: set[int] = set()
    for row in rows:
        if row[name] is not None and row[name] not in there:
            waiting.setdefault(row[name], []).append(row)
            continue
        ready = [row]
        while ready:
            one = ready.pop()
            there.add(one["id"])
            ready += waiting.pop(one["id"], [])
            yield one
    yield from (row for rows_ in waiting.values() for row in rows_)


def continue_numbers(connection: Connection, *, is_sqlite: bool) -> None:
    """Let new rows be numbered after those that were inserted (SQLite does so by itself)."""
    if is_sqlite:
        return
    for table in list_tables():
        if "id" in table.c:
            last = connection.scalar(select(func.max(table.c.id)))
            numbers = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(numbers, last or 1, last is not None)))
