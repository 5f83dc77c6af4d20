"""One small change of a rule, as a value that can be said in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Change:
    """At ``address`` something is another than it was; ``kind`` says what.

    ``before`` and ``after`` are what it was and is, as text; "" where there is nothing to say.
    """

    address: str
    kind: str
    before: str = ""
    after: str = ""


def step_of(unit: str) -> Decimal:
    """Return the smallest step by which a need in ``unit`` is changed."""
    return HALF if unit == "credits" else Decimal(1)


def said(value: object) -> str:
    """Return a number (or anything else) as text without zeros that say nothing."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def days_beside(day: date) -> Iterator[tuple[int, date]]:
    """Yield (1, the day after ``day``) and (-1, the day before), where the calendar has them."""
    if day < date.max:
        yield 1, day + timedelta(days=1)
    if day > date.min:
        yield -1, day - timedelta(days=1)
