"""The sweep over a cohort: codes of facts, joined attempts, sums by learner, steps of the program.

It goes in chunks of learners that fit the processor's caches, and needs little beyond its input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.answers import Runs
from stacking_rules.cohort.columns import Columns, Numbers
from stacking_rules.cohort.program import Register, Words
from stacking_rules.cohort.tables import Tables

CHUNK = 16_384
"""Learners of a chunk: some 200,000 facts, of which a few arrays take a few megabytes."""
MOST_COMPARED = 12
"""Runs up to which comparing is faster than looking up."""


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the run of each number of a column."""

    begins: tuple[int, ...]
    table: NDArray[np.uint16] | None

    def add_to(self, found: Numbers, column: Numbers) -> None:
        if self.table is not None:
            found += self.table[column].astype(found.dtype)
            return
        for begin in self.begins:
            found += column >= column.dtype.type(begin)


def _finder(runs: Runs, numbers: int) -> _Finder:
    if len(runs.begins) < MOST_COMPARED:
        return _Finder(runs.begins, None)
    table = np.zeros(numbers, np.uint16)
    table[list(runs.begins)] = 1
    return _Finder((), np.cumsum(table, dtype=np.uint16))


class Sweep:
    """Adds up what learners have, chunk by chunk."""

    def __init__(self, tables: Tables, columns: Columns) -> None:
        self.tables, self.columns = tables, columns
        days = (columns.last_day - columns.first_day).days + 1
        self.grades = _finder(tables.grades, len(columns.grades))
        self.days = _finder(tables.days, days)
        self.small = np.uint8 if tables.runs <= 255 else np.uint32
        self.wide = np.uint16 if tables.direct < 1 << 16 else np.uint32

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Yield (first learner, learner after the last) of each chunk."""
        for low in range(0, self.columns.learners, CHUNK):
            yield low, min(low + CHUNK, self.columns.learners)

    def sums(self, low: int, high: int) -> list[Words]:
        """Return the words of the learners from ``low`` on and before ``high``."""
        tables, starts = self.tables, self.columns.starts[low : high + 1]
        first, last = int(starts[0]), int(starts[-1])
        begins = starts[:-1] - first
        if first == last:
            return [
                lane
                for word, start in zip(tables.words, tables.starts, strict=True)
                for lane in _lanes(np.full(high - low, start, word.dtype))
            ]
        codes = self._codes(first, last)
        self._join(codes, first, last, begins)
        is_full = begins < np.append(begins[1:], last - first)
        everybody = bool(is_full.all())
        found: list[Words] = []
        for word, start in zip(tables.words, tables.starts, strict=True):
            values = np.take(word, codes, mode="clip")
            if everybody:
                total = np.add.reduceat(values, begins)
                total += start
            else:
                total = np.full(high - low, start, word.dtype)
                total[is_full] += np.add.reduceat(values, begins[is_full])
            found += _lanes(total)
        return found

    def _codes(self, first: int, last: int) -> NDArray[np.intp]:
        columns, tables = self.columns, self.tables
        run: Any = np.zeros(last - first, self.small)
        self.grades.add_to(run, columns.grade[first:last])
        run *= self.small(tables.days.count)
        self.days.add_to(run, columns.day[first:last])
        codes: Any = columns.kind[first:last].astype(self.wide)
        codes *= self.wide(tables.runs)
        codes += run
        return cast("NDArray[np.intp]", codes.astype(np.intp))

    def _join(
        self, codes: NDArray[np.intp], first: int, last: int, begins: NDArray[np.int64]
    ) -> None:
        """Give further attempts at an item of a learner the codes that say what they add."""
        tables, items = self.tables, self.columns.kind[first:last]
        if tables.item_of is not None:
            items = tables.item_of[items]
        is_again = np.empty(last - first, np.bool_)
        np.equal(items[1:], items[:-1], out=is_again[1:])
        # Behind the last row a learner without facts may begin.
        is_again[begins[begins < last - first]] = False
        is_again[0] = False
        again = np.flatnonzero(is_again)
        if not len(again):
            return
        second = tables.of_second.take(codes.take(again, mode="clip"), mode="clip")
        codes[again] = (
            tables.of_first.take(codes.take(again - 1, mode="clip"), mode="clip") + second
        )
        # That took what came before for a first attempt; where it was not, again in order.
        later = np.flatnonzero(again[1:] == again[:-1] + 1) + 1
        again, second = again.take(later), second.take(later)
        while len(again):
            is_next = np.append(True, again[1:] != again[:-1] + 1)
            now = again[is_next]
            codes[now] = tables.of_first.take(codes.take(now - 1, mode="clip")) + second[is_next]
            again, second = again[~is_next], second[~is_next]


def _lanes(totals: NDArray[Any]) -> list[Words]:
    """Return the bits of each word in ``totals``: of a double, or of both parts of a complex."""
    bits = totals.view(np.uint64)
    return [bits] if totals.dtype == np.float64 else [bits[::2], bits[1::2]]


def pack(registers: Sequence[Register], wanted: Sequence[int], learners: int) -> NDArray[np.uint8]:
    """Return the ``wanted`` registers as bits, eight to a byte: (learner, byte)."""
    found = np.zeros((learners, max(1, -(-len(wanted) // 8))), np.uint8)
    for first in range(0, len(wanted), 8):
        byte = np.zeros(learners, np.uint8)
        for number in reversed(wanted[first : first + 8]):
            byte += byte
            byte |= registers[number]
        found[:, first // 8] = byte
    return found
