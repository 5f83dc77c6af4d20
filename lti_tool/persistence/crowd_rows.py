"""Completions of many learners as numbered columns, by way of text that the database joins."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv
from sqlalchemy import Integer, Select, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from lti_tool.persistence.completions import Completion, Withdrawal

Codes = NDArray[np.int64]
TYPES = {
    "learner": pa.int64(),
    "achievement": pa.int64(),
    "credits": pa.string(),
    "attributes": pa.string(),
    "grade": pa.string(),
    "scale": pa.string(),
    "day": pa.int64(),
    "counts": pa.int64(),
}
"""What is read of a completion, in the order of a line."""
TOGETHER = 256
"""Learners (ids that follow each other) whose lines come in one row."""
_BEFORE = 1721424.5
"""The Julian day before the first one."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Completions, one entry of each column for each: ``learners`` are internal ids.

    ``kind`` and ``grade`` are numbers of ``kinds`` (internal id of the achievement, credits,
    attributes) and ``grades`` (grade or None, scale); ``day`` are ordinals; ``counts`` says
    whether the completion counts on the day asked for.
    """

    learners: Codes
    kind: Codes
    kinds: Sequence[tuple[int, str, dict[str, Any] | None]]
    grade: Codes
    grades: Sequence[tuple[str | None, str]]
    day: Codes
    counts: NDArray[np.bool_]


def read_rows(
    session: Session,
    institution_id: int,
    *,
    first: int,
    last: int,
    as_of: date,
    known_on: datetime,
) -> Rows:
    """Return what the learners with internal ids from ``first`` to ``last`` have completed."""
    query = _query(session, as_of, known_on).where(
        Completion.institution_id == institution_id,
        Completion.learner_id.between(first, last),
    )
    return _numbered(_table("\n".join(session.scalars(query))))


def _query(session: Session, as_of: date, known_on: datetime) -> Select[str]:
    """Return the query without its learners: lines of all columns, joined by the database.

    A row of its own for each completion would cost more than all that follows.
    """
    day = Completion.completed_on
    counts = and_(
        day <= as_of,
        Completion.recorded_at <= known_on,
        or_(Completion.valid_until.is_(None), Completion.valid_until > as_of),
        or_(Withdrawal.id.is_(None), Withdrawal.recorded_at > known_on),
    )
    cells = [
        cast(Completion.learner_id, Text),
        cast(Completion.achievement_id, Text),
        cast(Completion.credits, Text),
        func.coalesce(_quoted(cast(Completion.attributes, Text)), ""),
        func.coalesce(cast(Completion.grade, Text), ""),
        _quoted(Completion.scale),
        cast(_ordinal(session, day), Text),
        case((counts, "1"), else_="0"),
    ]
    line = reduce(lambda before, cell: before + "," + cell, cells)
    return (
        select(func.aggregate_strings(line, "\n"))
        .select_from(Completion)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .group_by(Completion.learner_id // TOGETHER)
    )


def _quoted(text: Any) -> Any:
    return literal('"', Text) + func.replace(text, '"', '""', type_=Text) + '"'


def _ordinal(session: Session, day: Any) -> Any:
    """Return the number of a day, as ``date.toordinal`` counts."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date_mi(day, date.min, type_=Integer) + 1
    return cast(func.julianday(day) - _BEFORE, Integer)


def _table(text: str) -> pa.Table:
    if not text:
        return pa.schema(TYPES.items()).empty_table()
    return csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=csv.ReadOptions(column_names=list(TYPES), use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=TYPES,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _numbered(table: pa.Table) -> Rows:
    """Return the columns as numbers; what they stand for is read once for each value."""
    kind, kinds = _combined(table, "achievement", "credits", "attributes")
    grade, grades = _combined(table, "grade", "scale")
    read: Callable[[str], Any] = json.loads
    return Rows(
        _numbers(table, "learner"),
        kind,
        [(key, worth, None if said is None else read(said)) for key, worth, said in kinds],
        grade,
        [(value, scale) for value, scale in grades],
        _numbers(table, "day"),
        _numbers(table, "counts") == 1,
    )


def _numbers(table: pa.Table, name: str) -> Codes:
    found: Codes = table.column(name).to_numpy()
    return found


def _encoded(table: pa.Table, name: str) -> tuple[Codes, list[Any]]:
    """Return the number of each value of a column, and the values."""
    column = table.column(name).combine_chunks().dictionary_encode("encode")
    codes = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, column.dictionary.to_pylist()


def _combined(table: pa.Table, *names: str) -> tuple[Codes, list[tuple[Any, ...]]]:
    """Return the number of each different row of some columns, and these rows."""
    total, several = np.zeros(len(table), np.int64), []
    for name in names:
        codes, values = _encoded(table, name)
        total = total * max(len(values), 1) + codes
        several.append(values)
    present, found = np.unique(total, return_inverse=True)
    rows = []
    for left in present.tolist():
        row, rest = [], left
        for values in reversed(several):
            rest, index = divmod(rest, len(values))
            row.append(values[index])
        rows.append(tuple(reversed(row)))
    return found.astype(np.int64), rows
