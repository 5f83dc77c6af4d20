"""Days after days, to the ends of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from stacking_rules.spans import Span, add, end_of_year


@pytest.mark.parametrize(
    ("day", "span", "moved"),
    [
        ("2026-01-31", Span(1), "2026-02-28"),
        ("2024-01-31", Span(1), "2024-02-29"),
        ("2026-03-31", Span(-1), "2026-02-28"),
        ("2026-12-15", Span(1), "2027-01-15"),
        ("2026-01-15", Span(-1), "2025-12-15"),
        ("2026-01-15", Span(-13), "2024-12-15"),
        ("2026-01-31", Span(1, 1), "2026-03-01"),
        ("2026-01-01", Span(0, -1), "2025-12-31"),
        ("9999-11-30", Span(1), "9999-12-30"),
        ("9999-12-01", Span(1), "9999-12-31"),
        ("9999-12-30", Span(0, 1), "9999-12-31"),
        ("9999-12-30", Span(0, 2), "9999-12-31"),
        ("9999-01-01", Span(12), "9999-12-31"),
        ("0001-02-01", Span(-1), "0001-01-01"),
        ("0001-12-31", Span(-1), "0001-11-30"),
        ("0001-01-01", Span(-1), "0001-01-01"),
        ("0001-01-03", Span(0, -1), "0001-01-02"),
        ("0001-01-03", Span(0, -2), "0001-01-01"),
        ("0001-01-03", Span(0, -3), "0001-01-01"),
        ("0001-05-03", Span(0, 3), "0001-05-06"),
    ],
)
def test_a_day_is_moved_and_stays_in_the_calendar(day: str, span: Span, moved: str) -> None:
    assert add(date.fromisoformat(day), span) == date.fromisoformat(moved)


def test_a_span_that_says_nothing_moves_nothing() -> None:
    assert add(date(2026, 5, 5), Span()) == date(2026, 5, 5)
    assert end_of_year(date(2026, 5, 5)) == date(2026, 12, 31)
