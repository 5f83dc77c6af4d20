"""The answer: one Progress per requirement, in the shape of the requirement tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from stacking_rules.facts import Award, Completion
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
    USED_ELSEWHERE = "used-elsewhere"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class HeldFact:
    """A fact the learner holds that does not count at this requirement, and why."""

    fact: Completion | Award
    reason: Unused


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a learner stands at one requirement.

    ``have`` and ``need`` are exact and in ``unit``: "credits", or "parts" (of an inner node) or
    "items". ``counted`` are the facts that count here; the facts of the children are theirs.
    ``have`` never exceeds ``need``.
    """

    address: str
    requirement: Requirement
    status: Status
    have: Decimal
    need: Decimal
    unit: str
    counted: tuple[Completion | Award, ...] = ()
    unused: tuple[HeldFact, ...] = ()
    children: tuple[Progress, ...] = ()

    def walk(self) -> Iterator[Progress]:
        """Yield this node and all below it, parents first, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()
