"""Numbers, days and lists as a language writes them, by the CLDR (Babel)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_percent

from lti_tool.translating.languages import locale_of, spoken
from lti_tool.translating.zones import local, zone_name


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(locale_of(code))


@cache
def _signs(code: str) -> dict[int, str]:
    """Return how the signs of an English number are written."""
    signs = _locale(code).number_symbols["latn"]
    return str.maketrans({",": signs["group"], ".": signs["decimal"], "-": signs["minusSign"]})


def number_in(code: str, value: Decimal | int) -> str:
    """Return an exact number in a language, without needless zeros or an exponent."""
    text = format(value, ",f") if isinstance(value, Decimal) else format(value, ",")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_signs(code))


def number(value: Decimal | int) -> str:
    """Return an exact number in the language spoken now: 7.5, 7,5."""
    return number_in(spoken.get(), value)


def percent(value: Decimal | float) -> str:
    """Return a share (0.25) as a percentage without decimals: 25%, 25 %."""
    return _percent(spoken.get(), value)


def day(value: date) -> str:
    """Return a date as people write it: 12 May 2026, 12. Mai 2026.

    Of an instant (aware) it is the day in the zone of now.
    """
    if isinstance(value, datetime):
        value = local(value)
    return _day(spoken.get(), value.year, value.month, value.day)


def clock_time(value: datetime) -> str:
    """Return the time of day of an instant (aware) in the zone of now: 14:05 UTC+2."""
    here = local(value)
    return f"{here:%H:%M} {zone_name(here)}"


def listed(words: Sequence[str], *, joint: str = "or") -> str:
    """Return words as a list in a sentence: A, B or C; with ``joint`` "and": A, B and C."""
    if not words:
        return ""
    style: Literal["standard", "or"] = "standard" if joint == "and" else "or"
    return format_list(list(words), style, locale=_locale(spoken.get()))


def country_called(code: str) -> str:
    """Return a country (ISO 3166-1 alpha-2) by its name; the code where none is known."""
    return str(_locale(spoken.get()).territories.get(code, code))


@lru_cache(maxsize=4096)
def _day(code: str, year: int, month: int, of_month: int) -> str:
    return format_date(date(year, month, of_month), "long", locale=_locale(code))


@lru_cache(maxsize=1024)
def _percent(code: str, value: Decimal | float) -> str:
    return format_percent(value, locale=_locale(code))
