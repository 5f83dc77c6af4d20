"""A teacher decides about scores that did not arrive, in a frame of the LMS, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from lti_tool.web.parts import Parts
from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in, tool
from tests.services.practice import Practice, open_practice

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER = "María Fernández Soto"
QUESTION = "The gradebook says 70 of 100, we have 92 of 100."


@pytest.fixture
def practice(sqlite_database: Database) -> Iterator[Practice]:
    """A course in which a teacher's grade stands over ours."""
    with open_practice(sqlite_database) as found:
        found.record("80")
        found.work()
        found.in_the_lms("UPDATE scores SET score = 70")
        found.record("92")
        found.work()
        yield found


def open_scores(practice: Practice, browser: Any, width: int) -> tuple[Any, Any]:
    parts: Parts = practice.parts
    demo = Demo(practice.lms.url, parts.config.public_url)
    page = sign_in(browser, demo, TEACHER, width=width)
    page.get_by_text("My microcredentials").first.click()
    frame = tool(page, demo)
    frame.get_by_role("link", name="Scores", exact=True).click()
    frame.get_by_role("heading", name="Scores", exact=True).wait_for()
    return page, frame


@pytest.mark.parametrize("width", [1000, 320])
def test_the_teacher_sees_the_question_and_sends_ours_anyway(
    practice: Practice, browser: Any, width: int
) -> None:
    _, frame = open_scores(practice, browser, width)
    assert QUESTION in frame.inner_text("main")
    assert violations(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert frame.get_by_role("row").count() == 2
    frame.get_by_role("button", name="Send ours anyway").click()
    frame.get_by_role("status").wait_for()
    assert "on its way" in frame.inner_text("table")
    practice.work()
    # The row asks for itself: nobody has loaded the page again.
    frame.get_by_text("Score in the gradebook").wait_for()
    assert practice.standing() == [92]
    assert violations(frame) == []


def test_it_works_without_scripts(practice: Practice, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 600})
    page = context.new_page()
    page.goto(practice.lms.url)
    page.get_by_text(TEACHER).first.click()
    link = practice.lms.first_link("algorithms")
    page.goto(f"{practice.lms.url}/courses/algorithms/links/{link}/start")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Scores", exact=True).click()
    page.get_by_role("button", name="Leave it").click()
    assert "The other grade stays as it is." in page.inner_text("main")
    assert practice.standing() == [70]
    context.close()
