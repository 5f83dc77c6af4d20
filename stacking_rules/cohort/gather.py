"""Columns from facts that come one by one, learner after learner, as a database gives them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.facts import Grade


class Gathering:
    """Takes the facts that count on a day, in any order, and makes columns.

    Learners are numbered as they are begun. Who has more than can be said with ``add`` is to be
    marked as rare.
    """

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.learners: list[Hashable] = []
        self._owners: list[int] = []
        self._kinds: dict[Kind, int] = {}
        self._grades: dict[Grade | None, int] = {}
        self._kind: list[int] = []
        self._grade: list[int] = []
        self._day: list[int] = []
        self._rare: set[int] = set()

    def begin(self, learner: Hashable) -> int:
        """Begin a learner; return the learner's number."""
        self.learners.append(learner)
        return len(self.learners) - 1

    def add(self, number: int, kind: Kind, on: date, grade: Grade | None = None) -> None:
        """Add a fact of the learner of this number."""
        self._owners.append(number)
        self._kind.append(self._kinds.setdefault(kind, len(self._kinds)))
        self._grade.append(self._grades.setdefault(grade, len(self._grades)))
        self._day.append(on.toordinal())

    def mark_rare(self, number: int) -> None:
        """Say that the learner of this number has more than was added."""
        self._rare.add(number)

    def columns(self) -> Columns:
        """Return the columns of all learners so far."""
        kinds = sorted(self._kinds, key=lambda kind: (*kind.item, repr(kind)))
        grades = sorted(self._grades or [None], key=_in_order)
        owners = np.array(self._owners, np.int64)
        kind = _renumbered(self._kind, {self._kinds[k]: n for n, k in enumerate(kinds)})
        grade = _renumbered(self._grade, {self._grades.get(g, 0): n for n, g in enumerate(grades)})
        day = np.array(self._day, np.int64)
        order = np.lexsort((kind, owners))
        first = int(day.min()) if len(day) else self.as_of.toordinal()
        counts = np.bincount(owners, minlength=len(self.learners))
        rare = np.zeros(len(self.learners), np.bool_)
        rare[sorted(self._rare)] = True
        return Columns(
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            kind[order].astype(np.uint32),
            grade[order].astype(np.uint32),
            (day - first)[order].astype(np.uint32),
            kinds,
            grades,
            date.fromordinal(first),
            date.fromordinal(int(day.max())) if len(day) else self.as_of,
            rare if self._rare else None,
        )


def _in_order(grade: Grade | None) -> tuple[object, ...]:
    return ("", False, 0) if grade is None else (grade.scale, grade.is_rank, grade.value)


def _renumbered(found: list[int], numbers: dict[int, int]) -> NDArray[np.int64]:
    table = np.zeros(max(numbers, default=0) + 1, np.int64)
    for old, new in numbers.items():
        table[old] = new
    renumbered: NDArray[np.int64] = table[np.array(found, np.int64)]
    return renumbered
