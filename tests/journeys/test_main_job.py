"""The main job, by hand: place, record, award, roll up, gradebook, and the learner sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER, LEARNER = "María Fernández Soto", "Amara Nwosu"
COMPETENCY = "Dynamic programming and greedy algorithms"
SMALL, LARGE = "Algorithms pathway", "Admission to the master's by performance"


def test_a_completion_becomes_awards_a_score_and_a_page(demo: Demo, browser: Any) -> None:
    teacher = _sign_in(browser, demo, TEACHER)
    teacher.get_by_text("Add from Quoin").first.click()
    picker = _tool(teacher, demo)
    picker.get_by_label(COMPETENCY).first.check()
    picker.get_by_label(SMALL).first.check()
    picker.get_by_role("button", name="Add to the course").click()
    teacher.wait_for_url("**/courses/algorithms")
    assert COMPETENCY in teacher.inner_text("main")

    teacher.get_by_text("My microcredentials").first.click()
    roster = _tool(teacher, demo)
    roster.get_by_label("Learner", exact=True).select_option(label=LEARNER)
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("92")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("The completion is recorded.").wait_for()

    grades = _row_of(teacher, demo, LEARNER, full="100")
    assert "92" in grades

    learner = _sign_in(browser, demo, LEARNER, width=360)
    learner.get_by_text("My microcredentials").first.click()
    progress = _tool(learner, demo)
    progress.get_by_role("heading", name="Awards held").wait_for()
    text = progress.inner_text("main")
    held = text[text.index("Awards held") : text.index("Next step")]
    assert SMALL in held
    assert LARGE in held
    assert progress.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_grade_outside_its_scale_is_refused_beside_the_form(demo: Demo, browser: Any) -> None:
    teacher = _sign_in(browser, demo, TEACHER)
    teacher.get_by_text("My microcredentials").first.click()
    roster = _tool(teacher, demo)
    roster.get_by_label("Learner", exact=True).select_option(label="Ben Achterberg")
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("120")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("must be between 0 and 100").first.wait_for()


def _sign_in(browser: Any, demo: Demo, name: str, *, width: int = 1000) -> Any:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(demo.lms)
    page.get_by_text(name).first.click()
    page.wait_for_url("**/courses")
    page.goto(f"{demo.lms}/courses/algorithms")
    return page


def _tool(page: Any, demo: Demo) -> Any:
    """The tool's frame inside the page, once it shows a page of the course."""
    for _ in range(100):
        for frame in page.frames:
            if frame.url.startswith(f"{demo.tool}/courses/"):
                frame.wait_for_load_state()
                return frame
        page.wait_for_timeout(200)
    pytest.fail(f"the tool did not open: {[frame.url for frame in page.frames]}")


def _row_of(page: Any, demo: Demo, name: str, *, full: str) -> str:
    """The learner's row of the gradebook, once it holds the score ``full``."""
    for _ in range(60):
        page.goto(f"{demo.lms}/courses/algorithms/grades")
        row: str = page.locator("tr", has_text=name).inner_text()
        if full in row.split():
            return row
        page.wait_for_timeout(500)
    pytest.fail(f"the score did not reach the gradebook: {row}")
