"""Where the learners of a cohort stand: a bit for "met", and the few answers that are neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stacking_rules.progress import Status

STATUSES = (Status.NOT_MET, Status.MET, Status.UNKNOWN, Status.NOT_DECIDED)
"""The statuses in the order of their numbers."""


@dataclass(frozen=True)
class Standings:
    """The status of every learner in every stack.

    ``keys`` are the stacks. ``met`` has their bits, eight to a byte: (learner, byte). ``others``
    are (number of the learner, number of the stack) -> a status that is neither met nor not met.
    ``alone`` is how many learners were evaluated one by one.
    """

    keys: Sequence[str]
    met: NDArray[np.uint8]
    others: dict[tuple[int, int], Status] = field(default_factory=dict)
    alone: int = 0

    def __len__(self) -> int:
        """Return how many learners there are."""
        return len(self.met)

    def column(self, key: str) -> NDArray[np.uint8]:
        """Return the status of each learner in the stack ``key``, as numbers of ``STATUSES``."""
        number = self.keys.index(key)
        found: NDArray[np.uint8] = self.met[:, number // 8] >> np.uint8(number % 8) & np.uint8(1)
        for (learner, stack), status in self.others.items():
            if stack == number:
                found[learner] = STATUSES.index(status)
        return found

    def of_learner(self, learner: int) -> dict[str, Status]:
        """Return the statuses of one learner, by key of the stack."""
        found = {}
        for number, key in enumerate(self.keys):
            is_met = bool(self.met[learner, number // 8] >> (number % 8) & 1)
            known = Status.MET if is_met else Status.NOT_MET
            found[key] = self.others.get((learner, number), known)
        return found

    def put(self, learner: int, statuses: Mapping[str, Status]) -> None:
        """Set the statuses of one learner."""
        for number, key in enumerate(self.keys):
            byte, bit = number // 8, np.uint8(1 << number % 8)
            status = statuses[key]
            self.met[learner, byte] &= ~bit
            if status is Status.MET:
                self.met[learner, byte] |= bit
            elif status is not Status.NOT_MET:
                self.others[learner, number] = status

    def counts(self) -> dict[str, dict[Status, int]]:
        """Return how many learners have each status, by key of the stack."""
        found = {}
        for key in self.keys:
            of_each = np.bincount(self.column(key), minlength=len(STATUSES))
            found[key] = {s: int(n) for s, n in zip(STATUSES, of_each, strict=True)}
        return found


def changed(before: Standings, after: Standings, key: str) -> NDArray[np.intp]:
    """Return the numbers of the learners whose status in the stack ``key`` differs.

    Both are of the same learners, in the same order. A stack that one of them does not have is
    not met there.
    """
    nothing = np.zeros(len(before), np.uint8)
    was = before.column(key) if key in before.keys else nothing
    now = after.column(key) if key in after.keys else nothing
    return np.flatnonzero(was != now)
