"""The time zone in which moments are shown: that of the institution, else UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

UTC_NAME = "UTC"
_shown: ContextVar[str] = ContextVar("zone", default=UTC_NAME)


def show_in(zone: str | None) -> None:
    """Show moments in a zone (a name of the IANA database) from now on; None is UTC."""
    _shown.set(zone if zone and _zone(zone) else UTC_NAME)


@contextmanager
def showing_in(zone: str | None) -> Iterator[None]:
    """Show moments in a zone for a while."""
    before = _shown.get()
    show_in(zone)
    try:
        yield
    finally:
        _shown.set(before)


def local(value: datetime) -> datetime:
    """Return an instant (aware) in the zone of now."""
    return value.astimezone(_zone(_shown.get()))


def zone_name(value: datetime) -> str:
    """Return how far the zone of an instant (aware) is from UTC: UTC, UTC+3, UTC+5:30.

    Names such as CST mean one zone here and another there.
    """
    offset = value.utcoffset() or timedelta()
    minutes = int(abs(offset).total_seconds()) // 60
    if not minutes:
        return UTC_NAME
    sign = "+" if offset > timedelta() else "\N{MINUS SIGN}"
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"{UTC_NAME}{sign}{minutes // 60}{rest}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    """Return a zone; None where this machine does not know it (any more)."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
