"""Columns from facts as a database gives them: in batches, and some of them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.facts import Grade

Codes = NDArray[np.int64]
Value = TypeVar("Value")


class Gathering:
    """Takes the facts of ``learners`` learners that count on a day, in any order.

    Learners are known by their numbers, from 0 on. Who has more than can be said with ``add`` is
    to be marked as rare.
    """

    def __init__(self, as_of: date, learners: int) -> None:
        self.as_of, self.learners = as_of, learners
        self._kinds: dict[Kind, int] = {}
        self._grades: dict[Grade | None, int] = {}
        self._owners: list[Codes] = []
        self._kind: list[Codes] = []
        self._grade: list[Codes] = []
        self._day: list[Codes] = []
        self._rare = np.zeros(learners, np.bool_)

    def add(self, number: int, kind: Kind, on: date, grade: Grade | None = None) -> None:
        """Add one fact of the learner of this number."""
        one = np.zeros(1, np.int64)
        day = np.array([on.toordinal()], np.int64)
        self.add_batch(one + number, ([kind], one), ([grade], one), day)

    def add_batch(
        self,
        owners: Codes,
        kinds: tuple[Sequence[Kind], Codes],
        grades: tuple[Sequence[Grade | None], Codes],
        days: Codes,
    ) -> None:
        """Add facts: numbers of their learners, their kinds and grades (values, and the number
        of the value of each fact), and their days as ordinals. All of one length."""
        self._owners.append(owners)
        self._kind.append(_known(kinds[0], self._kinds)[kinds[1]])
        self._grade.append(_known(grades[0], self._grades)[grades[1]])
        self._day.append(days)

    def mark_rare(self, numbers: Codes | Sequence[int]) -> None:
        """Say that the learners of these numbers have more than was added."""
        self._rare[numbers] = True

    def columns(self) -> Columns:
        """Return the columns of all learners."""
        kinds = sorted(self._kinds, key=lambda kind: (*kind.item, repr(kind)))
        grades = sorted(self._grades or [None], key=_in_order)
        owners, day = _joined(self._owners), _joined(self._day)
        kind = _known(self._kinds, {k: n for n, k in enumerate(kinds)})[_joined(self._kind)]
        by_grade: dict[Grade | None, int] = {g: n for n, g in enumerate(grades)}
        grade = _known(self._grades, by_grade)[_joined(self._grade)]
        order = np.argsort(owners * max(len(kinds), 1) + kind, kind="stable")
        first = int(day.min()) if len(day) else self.as_of.toordinal()
        counts = np.bincount(owners, minlength=self.learners)
        return Columns(
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            kind[order].astype(np.uint32),
            grade[order].astype(np.uint32),
            (day - first)[order].astype(np.uint32),
            kinds,
            grades,
            date.fromordinal(first),
            date.fromordinal(int(day.max())) if len(day) else self.as_of,
            self._rare if self._rare.any() else None,
        )


def _known(values: Iterable[Value], numbers: dict[Value, int]) -> Codes:
    """Return the number of each value; new ones get the next."""
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], np.int64)


def _joined(several: Sequence[Codes]) -> Codes:
    return np.concatenate(several) if several else np.zeros(0, np.int64)


def _in_order(grade: Grade | None) -> tuple[object, ...]:
    return ("", False, 0) if grade is None else (grade.scale, grade.is_rank, grade.value)
