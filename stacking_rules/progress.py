"""The answer: one Progress per requirement, in the shape of the requirement tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stacking_rules.clauses import Clause
from stacking_rules.facts import Fact
from stacking_rules.requirements import Requirement


class Status(StrEnum):
    """Whether a requirement is met; only MET makes an award.

    UNKNOWN means that data are missing (a grade was asked for and none is recorded);
    NOT_DECIDED means that the search stopped at its limit. Neither is a "no".
    """

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    NOT_DECIDED = "not-decided"


class Unused(StrEnum):
    """Why a fact that names the right achievement does not count here."""

    BELOW_GRADE = "below-grade"
    GRADE_MISSING = "grade-missing"
    OTHER_SCALE = "other-scale"
    OTHER_KIND = "other-kind"
    DATA_MISSING = "data-missing"
    PENDING = "pending"
    NOT_DONE = "not-done"
    EXPIRED = "expired"
    EXCLUDED = "excluded"
    BARRED = "barred"
    USED_ELSEWHERE = "used-elsewhere"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class HeldFact:
    """A fact the learner holds that does not count at this requirement, and why.

    ``barriers`` are the addresses of the clauses that keep it out (with BARRED).
    """

    fact: Fact
    reason: Unused
    barriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseProgress:
    """Where a learner stands at one clause of a requirement.

    ``have`` and ``need`` are in ``unit``: "credits", "items", "points", "grade" (of a mean),
    "values", or "yes" (0 or 1). For a cap or a limit ``need`` is the most that there may be.
    """

    address: str
    clause: Clause
    status: Status
    have: Decimal
    need: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a learner stands at one requirement.

    ``have`` and ``need`` are exact and in ``unit``: "credits", "points", "parts" (of an inner
    node) or "items". ``counted`` are the facts that count here; the facts of the children are
    theirs. ``have`` never exceeds ``need``. ``waiver`` is the exception by which it is met ("").
    At the root, ``at_fault`` are the addresses that keep the stack from being met.
    """

    address: str
    requirement: Requirement
    status: Status
    have: Decimal
    need: Decimal
    unit: str
    counted: tuple[Fact, ...] = ()
    unused: tuple[HeldFact, ...] = ()
    children: tuple[Progress, ...] = ()
    clauses: tuple[ClauseProgress, ...] = ()
    waiver: str = ""
    at_fault: tuple[str, ...] = ()
    kept: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)
    """What was said of it and all below it: a dict only where it is the same for many learners."""

    def walk(self) -> Iterator[Progress]:
        """Yield this node and all below it, parents first, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))
