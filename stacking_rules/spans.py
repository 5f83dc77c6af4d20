"""Spans of calendar time: so many years, months and days, or academic terms, after a day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time; a year is twelve months. Negative amounts go back."""

    months: int = 0
    days: int = 0

    def __bool__(self) -> bool:
        """Return whether it has any length."""
        return bool(self.months or self.days)


def add(day: date, span: Span) -> date:
    """Return the day that lies ``span`` after ``day``.

    Months come first and keep the day of the month, or take the last one there is (31 January
    and one month is the last day of February). The first and the last day that there are,
    0001-01-01 and 9999-12-31, are as far as it goes.
    """
    years, month = divmod(day.month - 1 + span.months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    last = monthrange(year, month + 1)[1]
    moved = date(year, month + 1, min(day.day, last))
    if (date.max - moved).days < span.days:
        return date.max
    if (moved - date.min).days < -span.days:
        return date.min
    return moved + timedelta(days=span.days)


@lru_cache(maxsize=1024)
def earliest(span: Span, until: date) -> date:
    """Return the first day that is not longer than ``span`` before ``until``."""
    day = add(until, Span(-span.months, -span.days - 4))
    while add(day, span) < until:
        day += timedelta(days=1)
    return day


def end_of_year(day: date) -> date:
    """Return the last day of the calendar year of ``day``."""
    return date(day.year, 12, 31)
