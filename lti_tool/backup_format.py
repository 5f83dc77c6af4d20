"""The text of a backup: JSON lines, each table with its hash, and an end that says what came.

A line is a header, the head of a table, one of its rows, or the end. Nothing in it belongs to one
kind of database: a backup of SQLite can be restored into PostgreSQL and the other way round.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lti_tool.errors import InvalidInputError

FORMAT = 1
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes: more than any row may hold."""


@dataclass(frozen=True, slots=True)
class Head:
    """Of which state of which release a backup is; ``made_at`` is aware."""

    revision: str
    release: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What a backup holds: of which state, and how many rows of each table."""

    head: Head
    rows: dict[str, int]


Tell = Callable[[str, int], None]
"""Hears of each table that is done, and of how many rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what its values are: instant, day, exact, uuid, bytes or plain (JSON)."""

    name: str
    kind: str


@dataclass(slots=True)
class Tally:
    """Rows of a table, and the hash of their lines in order."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        """Take one row's line."""
        self.rows += 1
        self.digest.update(line)

    @property
    def said(self) -> dict[str, object]:
        """The same as the end of a backup says it."""
        return {"rows": self.rows, "sha256": self.digest.hexdigest()}


def head_line(head: Head) -> bytes:
    """Return the first line."""
    return _line(
        {
            "quoin-backup": FORMAT,
            "revision": head.revision,
            "release": head.release,
            "made_at": head.made_at.isoformat(),
        }
    )


def table_line(name: str, columns: Sequence[Column]) -> bytes:
    """Return the line that begins a table."""
    return _line({"table": name, "columns": [[one.name, one.kind] for one in columns]})


def row_line(columns: Sequence[Column], values: Sequence[object]) -> bytes:
    """Return the line of one row."""
    pairs = zip(columns, values, strict=True)
    return _line([None if value is None else _WRITE[one.kind](value) for one, value in pairs])


def end_line(tallies: dict[str, Tally]) -> bytes:
    """Return the last line."""
    return _line({"end": {name: tally.said for name, tally in tallies.items()}})


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of a backup; its rows have to be read before the next table is asked for."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterator[tuple[Any, ...]]


class Reader:
    """Reads a backup once, from the first line to the last, and checks it on the way."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Read the header; ``InvalidInputError`` if this is no backup of ours."""
        self._lines = iter(lines)
        first = self._next()
        if not isinstance(first, dict) or first.get("quoin-backup") != FORMAT:
            raise InvalidInputError("This is not a backup that this release can read.")
        self.head = Head(
            str(first["revision"]), str(first["release"]), datetime.fromisoformat(first["made_at"])
        )
        self.tallies: dict[str, Tally] = {}
        self._ahead: Any = None

    def tables(self) -> Iterator[Rows]:
        """Yield the tables; at the end, ``InvalidInputError`` if anything is missing or changed."""
        self._ahead = self._next()
        while isinstance(self._ahead, dict) and "table" in self._ahead:
            name = str(self._ahead["table"])
            columns = tuple(Column(str(n), str(k)) for n, k in self._ahead["columns"])
            self.tallies[name] = Tally()
            yield Rows(name, columns, self._rows(columns, self.tallies[name]))
        said = self._ahead.get("end") if isinstance(self._ahead, dict) else None
        if said != {name: tally.said for name, tally in self.tallies.items()}:
            raise InvalidInputError("The backup is damaged: its rows are not those it was made of.")
        if next(self._lines, None) is not None:
            raise InvalidInputError("The backup is damaged: something follows its end.")

    def _rows(self, columns: tuple[Column, ...], tally: Tally) -> Iterator[tuple[Any, ...]]:
        while True:
            line = self._next_line()
            self._ahead = _parsed(line)
            if not isinstance(self._ahead, list):
                return
            if len(self._ahead) != len(columns):
                raise InvalidInputError("The backup is damaged: a row has too few or many values.")
            tally.add(line)
            yield tuple(
                None if value is None else _read(one.kind, value)
                for one, value in zip(columns, self._ahead, strict=True)
            )

    def _next(self) -> Any:
        return _parsed(self._next_line())

    def _next_line(self) -> bytes:
        line = next(self._lines, b"")
        if not line.endswith(b"\n") or len(line) > LONGEST_LINE:
            raise InvalidInputError("The backup ends too early: it was not written to its end.")
        return line


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise InvalidInputError("The backup is damaged: a line of it is no JSON.") from None


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _same(value: Any) -> Any:
    return value


_WRITE: dict[str, Callable[[Any], object]] = {
    "instant": datetime.isoformat,
    "day": date.isoformat,
    "exact": lambda value: format(value, "f"),
    "uuid": str,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "plain": _same,
}
_READ: dict[str, Callable[[Any], object]] = {
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "exact": Decimal,
    "uuid": UUID,
    "bytes": base64.b64decode,
    "plain": _same,
}


def _read(kind: str, value: Any) -> object:
    try:
        return _READ[kind](value)
    except (KeyError, ValueError, TypeError, ArithmeticError):
        raise InvalidInputError("The backup is damaged: a value is not of its kind.") from None
