"""The facts of many learners as columns of small numbers, ordered by learner and achievement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stacking_rules.errors import StackError
from stacking_rules.facts import Attestation, Attributes, Award, Completion, Fact, Grade

Numbers = NDArray[Any]
NEVER = date.min


class OrderError(StackError):
    """The rows of the columns are not ordered by learner and achievement."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What facts of many learners have in common: all but grade and day."""

    achievement: str
    kind: str = "completion"
    credits: Decimal = Decimal(0)
    credit_kind: str = ""
    state: str = "done"
    attributes: Attributes = ()

    @property
    def item(self) -> tuple[str, str]:
        """The item of which such facts are attempts: (kind of fact, achievement)."""
        return self.kind, self.achievement

    def fact(self, on: date, grade: Grade | None = None) -> Fact:
        """Return a fact of this kind, to ask about what facts have in common."""
        from datetime import UTC, datetime, time

        at = datetime.combine(on, time.min, UTC)
        if self.kind == "award":
            return Award("", self.achievement, on, at, self.credits, None, self.attributes)
        if self.kind == "attestation":
            return Attestation("", self.achievement, on, at, None, self.attributes)
        return Completion(
            "",
            self.achievement,
            on,
            at,
            self.credits,
            grade,
            attributes=self.attributes,
            state=self.state,
            credit_kind=self.credit_kind,
        )


@dataclass(frozen=True)
class Columns:
    """What counts on the day asked for, one row per fact; whole learners, in order.

    ``starts`` are the rows at which the learners begin, and the number of rows (learners + 1).
    ``kind``, ``grade`` and ``day`` are numbers: of the entry of ``kinds``, of ``grades`` (in the
    order of their values on a scale), and days since ``first_day``. The kinds of one achievement
    stand together. Learners who are ``rare`` have more than columns say.
    """

    starts: NDArray[np.int64]
    kind: Numbers
    grade: Numbers
    day: Numbers
    kinds: Sequence[Kind]
    grades: Sequence[Grade | None]
    first_day: date
    last_day: date
    rare: NDArray[np.bool_] | None = None
    most: int = field(init=False)
    """The most rows that one learner has."""

    def __post_init__(self) -> None:
        """Refuse rows out of order (``OrderError``): attempts at an item have to stand together."""
        counts = np.diff(self.starts)
        if len(counts) and int(counts.min()) < 0:
            raise OrderError("the learners do not follow each other")
        if int(self.starts[-1]) != len(self.kind):
            raise OrderError("the rows are not those of the learners")
        object.__setattr__(self, "most", int(counts.max()) if len(counts) else 0)
        items = [kind.item for kind in self.kinds]
        if len(dict.fromkeys(items)) != sum(
            1 for i, item in enumerate(items) if i == 0 or items[i - 1] != item
        ):
            raise OrderError("kinds of one achievement do not stand together")
        self._check_order()

    def _check_order(self, rows: int = 1 << 20) -> None:
        begins = np.zeros(len(self.kind) + 1, np.bool_)
        begins[self.starts] = True
        for low in range(1, len(self.kind), rows):
            high = min(low + rows, len(self.kind))
            is_back = self.kind[low:high] < self.kind[low - 1 : high - 1]
            if bool((is_back & ~begins[low:high]).any()):
                raise OrderError("the facts of a learner are not ordered by achievement")

    @property
    def learners(self) -> int:
        """How many learners there are."""
        return len(self.starts) - 1
