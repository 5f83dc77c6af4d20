"""What a fact asks for: every pair of before and now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lti_tool.sources.deciding import Act, Known, content_of, day_of, decide, grade_of, is_met
from lti_tool.sources.evidence import Fact, FactKind, Item

QUIZ = Item(FactKind.GRADE, "1", "Quiz", "quiz 7")
LESSON = Item(FactKind.ACTIVITY, "2", "Lesson")
SIXTY = Decimal(60)


def _grade(percent: str | None) -> Fact:
    return Fact("amara", QUIZ, None if percent is None else Decimal(percent))


def _known(percent: str | None, *, is_standing: bool, threshold: Decimal = SIXTY) -> Known:
    return Known(content_of(_grade(percent), threshold), is_standing)


@pytest.mark.parametrize(
    ("now", "known", "act"),
    [
        ("59.9999", None, Act.NOTHING),
        ("60", None, Act.RECORD),
        (None, None, Act.NOTHING),
        ("60", _known("60", is_standing=True), Act.NOTHING),
        ("60.0", _known("60", is_standing=True), Act.NOTHING),
        ("70", _known("60", is_standing=True), Act.CORRECT),
        ("50", _known("60", is_standing=True), Act.WITHDRAW),
        (None, _known("60", is_standing=True), Act.WITHDRAW),
        ("60", _known("60", is_standing=False), Act.NOTHING),
        ("70", _known("60", is_standing=False), Act.RECORD),
        ("50", _known("60", is_standing=False), Act.NOTHING),
    ],
)
def test_a_grade_asks_for(now: str | None, known: Known | None, act: Act) -> None:
    assert decide(_grade(now), SIXTY, known) is act


def test_another_threshold_is_another_fact() -> None:
    known = _known("70", is_standing=True)
    assert decide(_grade("70"), Decimal(80), known) is Act.WITHDRAW
    assert decide(_grade("70"), Decimal(65), known) is Act.NOTHING


def test_a_grade_without_a_threshold_meets_nothing() -> None:
    assert not is_met(_grade("100"), None)


@pytest.mark.parametrize(
    ("reached", "act"), [(True, Act.RECORD), (False, Act.NOTHING), (None, Act.NOTHING)]
)
def test_what_is_no_grade_speaks_by_its_own_word(reached: bool | None, act: Act) -> None:
    assert decide(Fact("amara", LESSON, is_reached=reached), None, None) is act


def test_a_later_date_alone_is_no_news() -> None:
    earlier = Fact("amara", QUIZ, SIXTY, at=datetime(2026, 5, 1, tzinfo=UTC))
    later = Fact("amara", QUIZ, SIXTY, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert content_of(earlier, SIXTY) == content_of(later, SIXTY)


@pytest.mark.parametrize(
    ("percent", "grade"),
    [("50", "3"), ("100", "5"), ("120", "5"), ("-3", "1"), ("66.66666", "3.6667")],
)
def test_a_result_is_put_on_the_scale_of_the_competency(percent: str, grade: str) -> None:
    assert grade_of(_grade(percent), (Decimal(1), Decimal(5))) == Decimal(grade)


def test_the_day_is_that_of_the_institution() -> None:
    zone, now = ZoneInfo("Pacific/Auckland"), datetime(2026, 6, 2, 0, 0, tzinfo=UTC)
    late = Fact("amara", QUIZ, SIXTY, at=datetime(2026, 5, 31, 13, 0, tzinfo=UTC))
    assert day_of(late, zone, now) == date(2026, 6, 1)
    assert day_of(_grade("60"), zone, now) == date(2026, 6, 2)
