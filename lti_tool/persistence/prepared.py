"""Statements that are compiled once and given to the driver: the way of one completion.

SQLAlchemy takes several times as long to execute a small statement as the database does. Here its
compiler and its column types are used once for each dialect, and the driver for each execution.
Errors are those that SQLAlchemy raises, and whoever listens to its statements hears of these, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Process = Callable[[Any], Any]
K = TypeVar("K")


class _Form:
    """A statement as the driver of one dialect takes it, with the conversions of its columns."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self.text = str(compiled)
        self._fixed: Mapping[str, Any] = compiled.construct_params(_check=False)
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        kinds = [(name, bind.type) for bind, name in compiled.bind_names.items()]
        self._given = _some((n, k.dialect_impl(dialect).bind_processor(dialect)) for n, k in kinds)
        self._columns = [column.type for column in statement.exported_columns]
        self._dialect = dialect
        self._found: tuple[tuple[int, Process], ...] | None = None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return what the driver is given beside the text."""
        known = {**self._fixed, **values}
        for name, process in self._given:
            known[name] = process(known[name])
        return known if self._order is None else [known[name] for name in self._order]

    def read(self, cursor: Any) -> list[tuple[Any, ...]]:
        """Return the rows of an execution with the values that the columns have in Python."""
        if self._found is None:
            # Only now are the database's own types known, which some conversions ask for.
            kinds = enumerate(zip(self._columns, cursor.description or (), strict=True))
            self._found = _some((i, self._result(kind, said[1])) for i, (kind, said) in kinds)
        rows = []
        for row in cursor.fetchall() if self._columns else ():
            values = list(row)
            for index, process in self._found:
                # NULL is None, whatever the type.
                if values[index] is not None:
                    values[index] = process(values[index])
            rows.append(tuple(values))
        return rows

    def _result(self, kind: Any, database_type: Any) -> Process | None:
        impl = kind.dialect_impl(self._dialect)
        found: Process | None = impl.result_processor(self._dialect, database_type)
        return found


def _some(found: Iterable[tuple[K, Process | None]]) -> tuple[tuple[K, Process], ...]:
    return tuple((place, process) for place, process in found if process is not None)


class Prepared:
    """A statement without lists of values or defaults of ours, to be executed again and again."""

    def __init__(self, statement: Any, keys: Sequence[str] | None = None) -> None:
        """Take a statement; ``keys`` are the columns of an INSERT."""
        self._statement, self._keys = statement, keys
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute it with these parameters, and return what it gives."""
        session.flush()
        connection = session.connection()
        if connection.dispatch.before_cursor_execute:
            return _as_usual(connection, self._statement, values)
        form = self._forms.get(connection.dialect.name)
        if form is None:
            form = _Form(self._statement, connection.dialect, self._keys)
            self._forms[connection.dialect.name] = form
        return _execute(connection, form, values)


def _as_usual(
    connection: Connection, statement: Executable, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    result = connection.execute(statement, dict(values))
    return [tuple(row) for row in result] if result.returns_rows else []


def _execute(
    connection: Connection, form: _Form, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    driver: Any = connection.connection.dbapi_connection
    parameters, cursor = form.parameters(values), driver.cursor()
    try:
        cursor.execute(form.text, parameters)
        return form.read(cursor)
    except _errors(connection) as error:
        raise _told(connection, form.text, error, cursor) from error
    finally:
        cursor.close()


def _errors(connection: Connection) -> Any:
    """Return the class of the errors that the driver of a connection raises."""
    return connection.dialect.loaded_dbapi.Error


def _told(connection: Connection, text: str, error: Exception, cursor: Any) -> BaseException:
    """Return the error as SQLAlchemy raises it; a lost connection is not used again."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    is_lost = dialect.is_disconnect(error, driver, cursor)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        _errors(connection),
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
