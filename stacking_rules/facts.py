"""What a learner has: completions and awards, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

HUNDRED = "0-100"

Value = str | bool | Decimal
Attributes = tuple[tuple[str, tuple[Value, ...]], ...]
"""What else is known of a fact: (name, values) pairs, each name once."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade on a scale; ``scale`` is "low-high". Grades compare inside one scale only."""

    value: Decimal
    scale: str = HUNDRED


@dataclass(frozen=True, slots=True)
class Completion:
    """One recorded attempt at an achievement.

    ``completed_on`` is when it happened (valid time), ``recorded_at`` when it became known
    (recorded time, aware). ``credits`` are exact. A completion withdrawn at an instant did not
    happen for whoever looks from then on. It is valid before ``valid_until``, and not on that day
    (None: for good). ``attributes`` say what else is known, such as issuer, level or mode.
    """

    id: str
    achievement: str
    completed_on: date
    recorded_at: datetime
    credits: Decimal = Decimal(0)
    grade: Grade | None = None
    withdrawn_at: datetime | None = None
    started_on: date | None = None
    valid_until: date | None = None
    attributes: Attributes = ()

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)


@dataclass(frozen=True, slots=True)
class Award:
    """An award the learner holds: evidence for larger stacks."""

    id: str
    achievement: str
    awarded_on: date
    recorded_at: datetime
    credits: Decimal = Decimal(0)
    valid_until: date | None = None
    attributes: Attributes = ()

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """Everything that is known of one learner."""

    completions: tuple[Completion, ...] = ()
    awards: tuple[Award, ...] = ()

    def at(self, *, as_of: date, known_on: datetime) -> LearnerRecord:
        """Return what held on ``as_of``, as far as it was known at ``known_on`` (aware).

        A fact dated on ``as_of`` counts on that day; one valid until that day does not.
        """
        return LearnerRecord(
            tuple(c for c in self.completions if _counts(c, as_of, known_on)),
            tuple(
                award
                for award in self.awards
                if award.awarded_on <= as_of
                and award.recorded_at <= known_on
                and _is_valid(award.valid_until, as_of)
            ),
        )


def _counts(completion: Completion, as_of: date, known_on: datetime) -> bool:
    withdrawn = completion.withdrawn_at
    return (
        completion.completed_on <= as_of
        and completion.recorded_at <= known_on
        and _is_valid(completion.valid_until, as_of)
        and (withdrawn is None or withdrawn > known_on)
    )


def _is_valid(until: date | None, as_of: date) -> bool:
    return until is None or as_of < until


def _values(attributes: Attributes, name: str) -> tuple[Value, ...] | None:
    for known, values in attributes:
        if known == name:
            return values
    return None
