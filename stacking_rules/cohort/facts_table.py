"""Tables of facts (Arrow) to columns of numbers; the format is described in docs/cohort.md.

What a row means is read by ``parse_record``, as for one learner: once for every different
achievement with its credits and attributes, and once for every different grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stacking_rules.cohort.columns import Columns, Kind, OrderError
from stacking_rules.cohort.rows import document_of, row_to
from stacking_rules.definitions import AchievementText, Definitions
from stacking_rules.errors import DocumentError
from stacking_rules.facts import Fact, Grade, LearnerRecord
from stacking_rules.records import parse_record

Rows = NDArray[np.bool_]
Codes = NDArray[np.int64]

REQUIRED = ("learner", "achievement", "on")
OF_KIND = ("kind", "achievement", "credits", "credit_kind", "state", "attributes")
FIELDS = (*REQUIRED, "id", "kind", "credits", "credit_kind", "grade", "scale", "started",
          "valid_until", "recorded_at", "withdrawn_at", "state", "attempt", "attributes",
          "record")  # fmt: skip
"""The columns that a table of facts may have."""
_COUNTING = ("done", "pending")
_MOST_COUNTED = 1 << 22
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Cohort:
    """The learners of a table: their columns, and their records one by one."""

    table: pa.Table
    columns: Columns
    definitions: Definitions
    rows: NDArray[np.int64]
    """The rows of the table at which the learners begin, and the number of rows."""

    @property
    def learners(self) -> pa.Array:
        """The ids of the learners, in the order of the columns."""
        return _column(self.table, "learner").take(pa.array(self.rows[:-1]))

    def record_of(self, learner: int) -> LearnerRecord:
        """Return everything that the table says of a learner.

        ``DocumentError`` names what is wrong.
        """
        low, high = int(self.rows[learner]), int(self.rows[learner + 1])
        return parse_record(document_of(self.table.slice(low, high - low)), self.definitions)


def read_facts(
    table: pa.Table, definitions: Definitions, *, as_of: date, known_on: datetime
) -> Cohort:
    """Return the learners of ``table`` with what counts on the day ``as_of``.

    ``definitions`` are those of the stacks, ``known_on`` (aware) is the instant up to which facts
    were recorded. ``OrderError`` where a learner's rows do not stand together, ``DocumentError``
    for a column or a value that is not of the format.
    """
    _check(table)
    rows, learner_of = _learners(table)
    reader = _Reader(table, definitions, as_of, known_on)
    counts, rare_rows = reader.counted()
    number, kinds = reader.kinds()
    grade, grades = reader.grades()
    rare = np.zeros(len(rows) - 1, np.bool_)
    rare[learner_of[rare_rows]] = True
    owner, number, grade = learner_of[counts], number[counts], grade[counts]
    day = reader.day[counts]
    order = _order(owner, number, len(kinds))
    if order is not None:
        number, grade, day = number[order], grade[order], day[order]
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(rare)))))
    first = int(day.min()) if len(day) else (as_of - _EPOCH).days
    last = int(day.max()) if len(day) else first
    columns = Columns(
        starts.astype(np.int64),
        _small(number, len(kinds)),
        _small(grade, len(grades)),
        _small(day - first, last - first + 1),
        kinds,
        grades,
        _EPOCH + timedelta(days=first),
        _EPOCH + timedelta(days=last),
        rare if rare.any() else None,
    )
    return Cohort(table, columns, definitions, rows)


def _check(table: pa.Table) -> None:
    for name in REQUIRED:
        if name not in table.column_names:
            raise DocumentError(f"/{name}", f"A table of facts has a column '{name}'.")
    for name in table.column_names:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise DocumentError(f"/{name}", f"There is no column '{name}'; there are {known}.")
    for name in ("credits", "grade"):
        if name in table.column_names and pa.types.is_floating(table.schema.field(name).type):
            raise DocumentError(
                f"/{name}", "Amounts are exact: use whole numbers, decimals or text, no floats."
            )


def _column(table: pa.Table, name: str) -> pa.Array:
    found = table.column(name).combine_chunks()
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def _learners(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where learners begin, and the number of the learner of each row."""
    column = _column(table, "learner")
    if column.null_count:
        raise DocumentError("/learner", "Every row names its learner.")
    codes = column.dictionary_encode()
    numbers = codes.indices.to_numpy(zero_copy_only=False)
    begins = np.concatenate(([True], numbers[1:] != numbers[:-1])) if len(numbers) else numbers > 0
    if int(begins.sum()) != len(codes.dictionary):
        raise OrderError("the rows of a learner do not stand together")
    rows = np.append(np.flatnonzero(begins), len(numbers)).astype(np.int64)
    return rows, np.cumsum(begins).astype(np.int64) - 1


class _Reader:
    def __init__(
        self, table: pa.Table, definitions: Definitions, as_of: date, known_on: datetime
    ) -> None:
        self.table, self.definitions = table, definitions
        self.as_of, self.known_on = as_of, known_on
        self.named = _column(table, "achievement").is_valid().to_numpy(zero_copy_only=False)
        days = self._days("on")
        if bool((~days[1] & self.named).any()):
            raise DocumentError("/on", "Every fact has its day.")
        self.day = days[0]

    def _has(self, name: str) -> bool:
        return name in self.table.column_names

    def _days(self, name: str) -> tuple[NDArray[np.int64], Rows]:
        """Return the days of a column since 1970, and where there are any."""
        column = _column(self.table, name)
        if not pa.types.is_date(column.type):
            raise DocumentError(f"/{name}", f"Days are of the type date32, not {column.type}.")
        known = column.is_valid().to_numpy(zero_copy_only=False)
        days = column.cast(pa.date32()).cast(pa.int32()).fill_null(0)
        return days.to_numpy(zero_copy_only=False).astype(np.int64), known

    def _instants(self, name: str) -> tuple[NDArray[np.int64], Rows]:
        """Return instants in microseconds since 1970, and where there are any."""
        column = _column(self.table, name)
        if not pa.types.is_timestamp(column.type) or column.type.tz is None:
            raise DocumentError(f"/{name}", "Instants are timestamps with a time zone.")
        known = column.is_valid().to_numpy(zero_copy_only=False)
        found = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).fill_null(0)
        return found.to_numpy(zero_copy_only=False), known

    def _texts(self, name: str) -> tuple[Codes, list[Any]]:
        return _encode(_column(self.table, name))

    def counted(self) -> tuple[Rows, Rows]:
        """Return which rows count on the day asked for, and which say more than columns can."""
        now = int((self.known_on - datetime.combine(_EPOCH, time.min, UTC)) / _MICRO)
        is_known = self.named & (self.day <= (self.as_of - _EPOCH).days)
        recorded = self.day * 86_400_000_000
        if self._has("recorded_at"):
            said, is_said = self._instants("recorded_at")
            recorded = np.where(is_said, said, recorded)
        is_known &= recorded <= now
        if self._has("withdrawn_at"):
            gone, is_gone = self._instants("withdrawn_at")
            is_known &= ~is_gone | (gone > now)
        if self._has("valid_until"):
            until, is_ending = self._days("valid_until")
            is_known &= ~is_ending | (until > (self.as_of - _EPOCH).days)
        if self._has("state"):
            codes, states = self._texts("state")
            is_known &= np.array([s in (None, *_COUNTING) for s in states], np.bool_)[codes]
        is_rare = np.zeros(len(self.named), np.bool_)
        if self._has("kind"):
            codes, kinds = self._texts("kind")
            is_award = np.array([kind in ("award", "external") for kind in kinds], np.bool_)
            # An award that is held and does not count may keep a new one from being made.
            is_rare |= is_award[codes] & self.named & ~is_known
        if self._has("record"):
            is_rare |= _column(self.table, "record").is_valid().to_numpy(zero_copy_only=False)
        elif not bool(self.named.all()):
            raise DocumentError("/achievement", "Every fact names its achievement.")
        return is_known, is_rare

    def kinds(self) -> tuple[Codes, list[Kind]]:
        """Return the number of the kind of each row, and the kinds."""
        names = [name for name in OF_KIND if self._has(name)]
        codes, several = _combine([self._texts(name) for name in names])
        found = [self._kind(dict(zip(names, values, strict=True))) for values in several]
        order = sorted(range(len(found)), key=lambda n: (*found[n].item, repr(found[n])))
        # What says the same in other words is one kind.
        kinds = list(dict.fromkeys(found[index] for index in order))
        numbers = {kind: number for number, kind in enumerate(kinds)}
        return np.array([numbers[kind] for kind in found], np.int64)[codes], kinds

    def _kind(self, said: Mapping[str, Any]) -> Kind:
        if said["achievement"] is None:
            return Kind("")
        fact = self._fact({name: value for name, value in said.items() if value is not None})
        return Kind(
            fact.achievement,
            fact.kind,
            fact.credits,
            fact.credit_kind,
            fact.state,
            fact.attributes,
        )

    def _fact(self, said: Mapping[str, Any]) -> Fact:
        document = row_to({**said, "on": _EPOCH})
        record = parse_record(document, self.definitions)
        facts: tuple[Fact, ...] = (*record.completions, *record.awards, *record.attestations)
        return facts[0]

    def grades(self) -> tuple[Codes, list[Grade | None]]:
        """Return the number of the grade of each row, and the grades in their order."""
        if not self._has("grade"):
            return np.zeros(len(self.named), np.int64), [None]
        achievements, keys = self._texts("achievement")
        scales = [self._usual_scale(key) for key in keys]
        usual = list(dict.fromkeys(scales))
        of_key = np.array([usual.index(scale) for scale in scales], np.int64)
        columns = [self._texts("grade"), (of_key[achievements], [*usual])]
        if self._has("scale"):
            columns.append(self._texts("scale"))
        codes, several = _combine(columns)
        found = [self._grade(*values) for values in several]
        grades = sorted(dict.fromkeys(found), key=_in_order)
        return np.array([grades.index(grade) for grade in found], np.int64)[codes], grades

    def _usual_scale(self, key: str | None) -> str:
        return self.definitions.achievements.get(key or "", AchievementText("", "")).scale

    def _grade(self, grade: Any, usual: str, scale: str | None = None) -> Grade | None:
        if grade is None:
            return None
        said = {"achievement": "any", "grade": grade, "scale": scale or usual}
        found = self._fact(said).grade
        return None if found is None else Grade(found.value, found.scale, "", found.is_rank)


_MICRO = timedelta(microseconds=1)


def _in_order(grade: Grade | None) -> tuple[Any, ...]:
    return ("", False, 0) if grade is None else (grade.scale, grade.is_rank, grade.value)


def _encode(column: pa.Array) -> tuple[Codes, list[Any]]:
    """Return a number for each row, and the value of each number."""
    encoded = column.dictionary_encode("encode")
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), (
        encoded.dictionary.to_pylist()
    )


def _combine(columns: Sequence[tuple[Codes, list[Any]]]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """Return a number for each different row of several columns, and the values of each number."""
    total, size = columns[0][0], len(columns[0][1])
    for codes, values in columns[1:]:
        total = total * len(values) + codes
        size *= len(values)
    if size <= _MOST_COUNTED:
        present = np.flatnonzero(np.bincount(total, minlength=size))
        numbers = np.zeros(max(size, 1), np.int64)
        numbers[present] = np.arange(len(present))
        found = numbers[total]
    else:
        present, found = np.unique(total, return_inverse=True)
    several = []
    for left in present.tolist():
        row, rest = [], left
        for _, values in reversed(columns):
            rest, index = divmod(rest, len(values))
            row.append(values[index])
        several.append(tuple(reversed(row)))
    return found, several


def _order(owner: Codes, number: Codes, kinds: int) -> Codes | None:
    """Return the rows by learner and kind, None where they are in that order."""
    key = owner * max(kinds, 1) + number
    if not bool((key[1:] < key[:-1]).any()):
        return None
    return np.argsort(key, kind="stable")


def _small(column: Codes, count: int) -> NDArray[Any]:
    kinds: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint8, np.uint16, np.uint32)
    kind = next(k for k in kinds if count <= int(np.iinfo(k).max) + 1)
    return column.astype(kind)
