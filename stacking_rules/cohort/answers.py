"""Conditions answered for every kind, grade and day that a cohort has: no, unknown or yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.cohort.conditions import Condition, Parts, take_apart
from stacking_rules.definitions import Definitions
from stacking_rules.facts import Fact, Grade
from stacking_rules.selection import Asked, Compare, Recent, Test, literals, passes
from stacking_rules.spans import earliest

NO, UNKNOWN, YES = 0, 1, 2
"""Kleene's values: the least of some is their "and"."""

Answers = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Runs:
    """Neighbouring numbers of a column that no condition tells apart, as runs.

    ``begins`` are the numbers at which the second and later runs begin; ``answers`` are those of
    the conditions (first axis) in each run.
    """

    begins: tuple[int, ...]
    answers: Answers

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.begins) + 1


def runs_of(answers: Answers) -> Runs:
    """Return ``answers`` (condition, number) by runs of equal columns."""
    differs = (answers[:, 1:] != answers[:, :-1]).any(axis=0)
    begins = np.flatnonzero(differs) + 1
    return Runs(tuple(begins.tolist()), answers[:, np.concatenate(([0], begins))])


class Answering:
    """Answers ``conditions`` for what ``columns`` have, on the day ``as_of``."""

    def __init__(
        self,
        conditions: Sequence[Condition],
        columns: Columns,
        definitions: Definitions,
        as_of: date,
    ) -> None:
        self.columns, self.asked = columns, Asked(as_of, definitions)
        self.parts = [take_apart(condition) for condition in conditions]

    def kinds(self) -> Answers:
        """Return the answers for each kind: (condition, kind)."""
        kinds, on = self.columns.kinds, self.columns.first_day
        facts = [kind.fact(on) for kind in kinds]
        sure = np.array([YES if _is_sure(kind) else UNKNOWN for kind in kinds], np.uint8)
        found = np.empty((len(self.parts), len(kinds)), np.uint8)
        for row, parts in enumerate(self.parts):
            tests = parts.of_kind
            found[row] = np.minimum(sure, UNKNOWN) if parts.is_open else sure
            if any(self._is_dated(test) for test in tests):
                found[row] = np.minimum(found[row], UNKNOWN)
            elif tests:
                answers = [self._all(tests, fact) for fact in facts]
                found[row] = np.minimum(found[row], np.array(answers, np.uint8))
        return found

    def _is_dated(self, test: Test) -> bool:
        """Return whether a level is converted by tables, which may change with the day."""
        names = {x.name for x in literals(test) if isinstance(x, Compare)}
        return "level" in names and bool(self.asked.definitions.levels)

    def grades(self) -> Runs:
        """Return the answers for each grade, by runs: (condition, run of grades)."""
        on = self.columns.first_day
        facts = [Kind("").fact(on, grade) for grade in self.columns.grades]
        found = np.full((len(self.parts), len(facts)), YES, np.uint8)
        is_dated = any(t.since > date.min or t.until < date.max for t in self._tables())
        for row, parts in enumerate(self.parts):
            if parts.floor is None and not parts.of_grade:
                continue
            for index, fact in enumerate(facts):
                answer = self._grade(parts, fact)
                is_foreign = is_dated and not self._is_direct(parts, fact.grade)
                found[row, index] = UNKNOWN if is_foreign else answer
        return runs_of(found)

    def _tables(self) -> Sequence[Any]:
        return self.asked.definitions.tables

    def _is_direct(self, parts: Parts, grade: Grade | None) -> bool:
        scales = {x.scale for t in parts.of_grade for x in literals(t) if isinstance(x, Compare)}
        scales |= set() if parts.floor is None else {parts.floor.scale}
        return grade is None or scales <= {grade.scale}

    def _grade(self, parts: Parts, fact: Fact) -> int:
        answer = self._all(parts.of_grade, fact)
        if parts.floor is None:
            return answer
        if fact.grade is None:
            return min(answer, UNKNOWN)
        value = self.asked.definitions.value_on(fact.grade, parts.floor.scale, fact.on)
        if value is None:
            return min(answer, UNKNOWN)
        return answer if value >= parts.floor.value else NO

    def days(self) -> Runs:
        """Return the answers for each day, by runs: (condition, run of days)."""
        first, last = self.columns.first_day, self.columns.last_day
        count = (last - first).days + 1
        found = np.full((len(self.parts), count), YES, np.uint8)
        known: dict[Test, Answers] = {}
        for row, parts in enumerate(self.parts):
            for test in parts.of_day:
                if test not in known:
                    known[test] = self._days_of(test, first, count)
                found[row] = np.minimum(found[row], known[test])
        return runs_of(found)

    def _days_of(self, test: Test, first: date, count: int) -> Answers:
        if isinstance(test, Recent):
            least = (earliest(test.span, self.asked.as_of) - first).days
            return np.where(np.arange(count) >= least, YES, NO).astype(np.uint8)
        answers = [
            _value(passes(test, Kind("").fact(first + timedelta(days=day)), self.asked))
            for day in range(count)
        ]
        return np.array(answers, np.uint8)

    def _all(self, tests: Sequence[Test], fact: Fact) -> int:
        return min((_value(passes(test, fact, self.asked)) for test in tests), default=YES)


def _is_sure(kind: Kind) -> bool:
    return kind.state != "pending" and not kind.credit_kind


def _value(answer: bool | None) -> int:  # noqa: FBT001 - it is the answer of a test
    return UNKNOWN if answer is None else YES if answer else NO


Ask = Callable[[Sequence[Condition]], Answering]
