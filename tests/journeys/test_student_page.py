"""The student's page in a browser: the first view, the map, what if; narrow, wide and dark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from tests.journeys.accessibility import violations
from tests.web.student import AWARD, STEP, Student

pytestmark = pytest.mark.browser

FOLD = 640
"""The height of the tool's own frame on a phone of 360 x 640."""
WHAT_IF = "what-if?stack=data-basics&done=sql&grade-sql=80"


@pytest.fixture
def student(sqlite_database: Database, now: datetime) -> Student:
    """A student whose next award and next step have long German names."""
    return Student(sqlite_database, now)


@pytest.fixture
def course(student: Student) -> Iterator[str]:
    """The course's addresses, served on this machine."""
    with student.served() as address:
        yield address


def below(page: Any, selector: str) -> float:
    """Return where the lower edge of an element is on the page that was not scrolled."""
    box = page.locator(selector).first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    return float(box["y"] + box["height"])


@pytest.mark.parametrize(
    ("language", "state", "effort"),
    [
        ("en", "0 of 2 parts counted", "Effort: 2.5 credits. This is the first of 2 steps"),
        (
            "de",
            "0 von 2 Teilen angerechnet",
            "Aufwand: 2,5 Leistungspunkte. Erster von 2 Schritten",
        ),
        ("es", "0 de 2 partes cuentan", "Esfuerzo: 2,5 créditos. Este es el primero de 2 pasos"),
        ("ar", "احتُسب 0 من جزأين", "هذه هي الخطوة الأولى من خطوتين"),
    ],
)
def test_what_i_have_and_what_next_lie_above_the_fold(
    student: Student, course: str, browser: Any, language: str, state: str, effort: str
) -> None:
    page = student.page(browser, width=360, height=FOLD)
    page.set_extra_http_headers(
        {"Cookie": student.world.learner.cookie, "Accept-Language": language}
    )
    page.goto(f"{course}/progress")
    first = page.locator(".first")
    assert AWARD in first.inner_text()
    assert state in first.inner_text()
    assert STEP in first.inner_text()
    assert effort in first.inner_text()
    assert below(page, ".first progress") < FOLD
    assert below(page, ".first .state") < FOLD
    assert below(page, ".first .do + p") <= FOLD
    assert page.evaluate("scrollY") == 0
    page.context.close()


@pytest.mark.parametrize("language", ["ar", "de"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_clean_in_other_languages(
    student: Student, course: str, browser: Any, language: str, width: int
) -> None:
    page = student.page(browser, width=width)
    page.set_extra_http_headers(
        {"Cookie": student.world.learner.cookie, "Accept-Language": language}
    )
    for path in ("progress", WHAT_IF, "credentials", "news"):
        page.goto(f"{course}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
    page.context.close()


@pytest.mark.parametrize("path", ["progress", WHAT_IF, "news"])
def test_everybody_can_read_it(student: Student, course: str, browser: Any, path: str) -> None:
    page = student.page(browser, width=320)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{course}/{path}")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for width in (320, 400, 1280):
        page.set_viewport_size({"width": width, "height": FOLD})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (width, scheme)
    assert said == []
    page.context.close()


def test_the_map_is_for_wide_frames_and_says_what_the_list_says(
    student: Student, course: str, browser: Any
) -> None:
    page = student.page(browser, width=1000)
    page.goto(f"{course}/progress")
    pieces = page.get_by_role("list", name=f"Map of {AWARD}").get_by_role("listitem")
    words = [piece.inner_text() for piece in pieces.all()]
    assert [text.splitlines()[0] for text in words] == [STEP, "Darstellungsformen", AWARD]
    assert all("Still open" in text for text in words)
    boxes = [piece.bounding_box() for piece in pieces.all()]
    assert boxes[0]["x"] < boxes[2]["x"]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1
    page.set_viewport_size({"width": 360, "height": 640})
    assert not page.locator(".graph").first.is_visible()
    page.context.close()


def test_a_plan_is_tried_without_script_and_nothing_is_written(
    student: Student, course: str, browser: Any
) -> None:
    page = student.page(browser, width=360)
    page.goto(f"{course}/progress")
    page.get_by_role("link", name="What if I complete something?").click()
    page.get_by_label(STEP).first.check()
    page.get_by_label(f"Grade for {STEP}").fill("80")
    page.get_by_label("Darstellungsformen").first.check()
    page.get_by_role("button", name="Work it out").click()
    text = page.inner_text("main")
    assert f"{AWARD} would be earned. Today: 0 of 2 parts counted." in text
    page.get_by_role("link", name="Your progress").click()
    assert "0 of 2 parts counted" in page.locator(".first").inner_text()
    page.context.close()
