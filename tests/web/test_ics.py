"""The calendar: lines as RFC 5545 wants them, whatever stands in the titles."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lti_tool.web.ics import Day, write_calendar

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_day_is_a_whole_day_with_a_reminder() -> None:
    lines = _unfolded(write_calendar("Course", [Day("u@q", date(2026, 7, 20), "Ends")], now=NOW))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for line in (
        "UID:u@q",
        "DTSTAMP:20260630T120000Z",
        "DTSTART;VALUE=DATE:20260720",
        "DTEND;VALUE=DATE:20260721",
        "SUMMARY:Ends",
        "TRIGGER:-P14D",
    ):
        assert line in lines


def test_what_people_typed_cannot_add_lines() -> None:
    typed = "A; B, C\\D\r\nATTENDEE:mailto:x@y\x00\x1b"
    lines = _unfolded(write_calendar(typed, [Day("u", date(2026, 1, 1), typed, typed)], now=NOW))
    assert "SUMMARY:A\\; B\\, C\\\\D\\nATTENDEE:mailto:x@y" in lines
    assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_long_lines_are_folded_between_characters() -> None:
    title = "Übung der 情報 " * 30
    text = write_calendar("x", [Day("u", date(2026, 1, 1), title)], now=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert f"SUMMARY:{title}" in _unfolded(text)


def test_no_deadline_is_an_empty_calendar_and_the_last_day_has_no_next() -> None:
    assert "VEVENT" not in write_calendar("x", [], now=NOW)
    assert "DTEND" not in write_calendar("x", [Day("u", date.max, "y")], now=NOW)
