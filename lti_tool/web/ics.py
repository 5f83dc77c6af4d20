"""A calendar of whole days as iCalendar text (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lti_tool import translating

PRODUCT = "-//Quoin//Deadlines//EN"
LONGEST_LINE = 75
"""Octets of a line, without its end (section 3.1)."""
ALARM = "-P14D"


@dataclass(frozen=True, slots=True)
class Day:
    """One entry: a whole day. ``uid`` stays the same whenever the calendar is fetched again."""

    uid: str
    on: date
    summary: str
    description: str = ""


def write_calendar(name: str, days: Sequence[Day], *, now: datetime) -> str:
    """Return the calendar of these days, each with a reminder two weeks ahead.

    ``now`` (aware) is when it was made. Lines end with CRLF and are folded.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]
    for day in days:
        lines += _event(day, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(day: Day, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{_text(day.uid)}")
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_date(day.on)}"
    if day.on < date.max:
        yield f"DTEND;VALUE=DATE:{_date(day.on + timedelta(days=1))}"
    yield f"SUMMARY:{_text(day.summary)}"
    if day.description:
        yield f"DESCRIPTION:{_text(day.description)}"
    yield from ("TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY")
    yield from (f"TRIGGER:{ALARM}", f"DESCRIPTION:{_text(day.summary)}", "END:VALARM", "END:VEVENT")


def _date(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _text(value: str) -> str:
    """Escape a text (section 3.3.11); control characters other than line ends are left out."""
    value = translating.plain(value)
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(c for c in value if c == "\n" or not (ord(c) < 32 or ord(c) == 127))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        shown = shown.replace(plain, escaped)
    return shown


def _folded(line: str) -> Iterator[str]:
    """Cut a line into parts of at most LONGEST_LINE octets, never inside a character."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part += character
        size += width
    yield part
