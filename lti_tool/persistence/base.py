"""The declarative base, exact column types, and the two kinds of transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Numeric,
    Select,
    String,
    Uuid,
    bindparam,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator, TypeEngine

from lti_tool.errors import ConfigurationError
from lti_tool.persistence.prepared import Prepared

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; constraints are named, so that migrations can name them too."""

    metadata = MetaData(naming_convention=NAMING)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Only aware datetimes go in; UTC comes out (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the instant into UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, text on SQLite (whose numbers are floats)."""

    impl = String(64)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type by the database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(64))
        return dialect.type_descriptor(Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the number without an exponent."""
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(
        self,
        value: Any,
        dialect: Dialect,  # noqa: ARG002
    ) -> Decimal | None:
        """Read it back as it was."""
        return None if value is None else Decimal(value)


class UUIDText(TypeDecorator[str]):
    """A UUID that is read as text: for facts, of which only the name is asked."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Take what the driver gives: 32 digits from SQLite, a UUID from PostgreSQL."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else Uuid())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Write it as usual, with hyphens."""
        if value is None or dialect.name != "sqlite":
            return None if value is None else str(value)
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


class Database:
    """An engine with its two kinds of transaction: reading and writing."""

    def __init__(self, url: str, *, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> None:
        """Open ``url`` (a SQLAlchemy URL); ``ConfigurationError`` if it is not one of ours.

        With ``NORMAL`` a power cut may take the last commits of SQLite back: for measuring.
        """
        self.engine = _create_engine(url, synchronous)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # Same connections, no events: they cost more than a prepared statement does.
        self.bare_engine = (
            create_engine(url, pool=self.engine.pool) if self.is_sqlite else self.engine
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session whose changes are thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that commits at the end of the block and rolls back on an error."""
        with Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                # A plain BEGIN takes the write lock at the first write, and two such
                # transactions then fail with "database is locked" without waiting.
                session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})
            try:
                yield session
            except BaseException:
                session.rollback()
                raise
            session.commit()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a bare connection for one prepared statement that reads."""
        with self.bare_engine.connect() as connection:
            yield connection

    @contextmanager
    def committing(self) -> Iterator[Connection]:
        """Give a bare connection for a few prepared statements that write; commit at the end.

        A ``Session`` costs more than such statements do. For logins and sessions, and nothing
        else: a power cut may take the last of them back (decision 10).
        """
        with self.bare_engine.begin() as connection:
            if self.is_sqlite:
                _begin(connection, "BEGIN IMMEDIATE", "NORMAL")
            yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def read_url(url: str) -> tuple[str, str | None, str]:
    """Return kind, name (of SQLite: the file) and text without password of a database's address.

    ``ConfigurationError`` for one that cannot be read.
    """
    try:
        read = make_url(url)
        return read.get_backend_name(), read.database, read.render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "QUOIN_DATABASE_URL is no address; write sqlite:///FILE or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        ) from None


def _create_engine(url: str, synchronous: str) -> Engine:
    backend, _, _ = read_url(url)
    if backend == "sqlite":
        # One connection for a database in memory: a second one would open another, empty one.
        # Elsewhere the connection used last goes first: it has its pages in memory still.
        pool: dict[str, Any] = (
            {"poolclass": StaticPool}
            if make_url(url).database in (None, ":memory:")
            else {"pool_use_lifo": True}
        )
        engine = create_engine(
            url, connect_args={"timeout": 30, "check_same_thread": False}, **pool
        )
        event.listen(engine, "connect", _prepare_sqlite)

        def begin(connection: Connection) -> None:
            options = connection.get_execution_options()
            _begin(connection, options.get("sqlite_begin", "BEGIN"), synchronous)

        event.listen(engine, "begin", begin)
        return engine
    if backend == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    raise ConfigurationError(
        f"QUOIN_DATABASE_URL names the database '{backend}'; use sqlite:/// or postgresql+psycopg://"
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin late and swallow our BEGIN IMMEDIATE.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, begin: str, synchronous: str) -> None:
    """Begin a transaction of SQLite; only ``FULL`` waits until the disk has it."""
    # Past SQLAlchemy's own bookkeeping, which costs more than the statements themselves.
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA synchronous={synchronous}")
    driver.execute(begin)


CHUNK = 500
"""Values that one statement looks for: SQLite takes at most 32,766 variables."""


class Sought:
    """A query for the rows that have one of some values in a column, built once.

    One value has a statement of its own: a list of them is written anew for each execution.
    """

    def __init__(self, query: Select[*tuple[Any, ...]], column: Any) -> None:
        """Take the query without the condition on ``column``."""
        self._one = Prepared(query.where(column == bindparam("sought")))
        self._many = query.where(column.in_(bindparam("sought", expanding=True)))

    def rows(
        self, session: Session, values: Collection[Any], **given: Any
    ) -> list[tuple[Any, ...]]:
        """Return the rows of these values; ``given`` are further parameters of the query."""
        if len(values) == 1:
            (value,) = values
            return self._one.rows(session, {"sought": value, **given})
        session.flush()
        ordered, found = sorted(values), list[tuple[Any, ...]]()
        for start in range(0, len(ordered), CHUNK):
            part = {"sought": ordered[start : start + CHUNK], **given}
            found.extend(tuple(row) for row in session.connection().execute(self._many, part))
        return found


def insert_missing(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    returning: Sequence[InstrumentedAttribute[Any]],
) -> list[tuple[Any, ...]]:
    """Insert those ``rows`` whose ``unique`` columns are new; return what was really inserted.

    The returned columns are asked for with RETURNING: after ON CONFLICT DO NOTHING a row count
    says nothing (PostgreSQL counted a conflict as a row).
    """
    if not rows:
        return []
    session.flush()
    dialect = session.get_bind().dialect.name
    names = tuple(column.key for column in returning)
    keys = tuple(rows[0])
    if len(rows) == 1 and _needs_no_default(table, keys):
        one = _insert_one(table, dialect, tuple(unique), names, keys)
        return one.rows(session, rows[0])
    # Rows are parameters, so that the statement is compiled once and kept; SQLAlchemy writes
    # many into one statement ("insertmanyvalues").
    statement = _insert_missing(table, dialect, tuple(unique), names)
    parameters: Any = dict(rows[0]) if len(rows) == 1 else [dict(row) for row in rows]
    return [tuple(row) for row in session.connection().execute(statement, parameters)]


@lru_cache(maxsize=256)
def _insert_missing(
    table: type[Base], dialect: str, unique: tuple[str, ...], returning: tuple[str, ...]
) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    plain: Any = table.__table__
    statement = insert(plain).on_conflict_do_nothing(index_elements=list(unique))
    return statement.returning(*(plain.c[name] for name in returning))


@lru_cache(maxsize=256)
def _insert_one(
    table: type[Base],
    dialect: str,
    unique: tuple[str, ...],
    returning: tuple[str, ...],
    keys: tuple[str, ...],
) -> Prepared:
    return Prepared(_insert_missing(table, dialect, unique, returning), keys)


@lru_cache(maxsize=256)
def _needs_no_default(table: type[Base], keys: tuple[str, ...]) -> bool:
    """Return whether Python fills in nothing of a row that has the columns ``keys``."""
    plain: Any = table.__table__
    return all(c.default is None or c.name in keys for c in plain.columns)
