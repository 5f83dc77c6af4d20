"""The main job, by hand: place, record, award, roll up, gradebook, and the learner sees it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.conftest import Demo
from tests.journeys.steps import row_of, sign_in, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER, LEARNER = "María Fernández Soto", "Amara Nwosu"
COMPETENCY = "Dynamic programming and greedy algorithms"
SMALL, LARGE = "Algorithms pathway", "Admission to the master's by performance"


def test_a_completion_becomes_awards_a_score_and_a_page(demo: Demo, browser: Any) -> None:
    teacher = sign_in(browser, demo, TEACHER)
    teacher.get_by_text("Add from Quoin").first.click()
    picker = tool(teacher, demo)
    picker.get_by_label(COMPETENCY).first.check()
    picker.get_by_label(SMALL).first.check()
    picker.get_by_role("button", name="Add to the course").click()
    teacher.wait_for_url("**/courses/algorithms")
    assert COMPETENCY in teacher.inner_text("main")

    teacher.get_by_text("My microcredentials").first.click()
    roster = tool(teacher, demo)
    roster.get_by_label("Learner", exact=True).select_option(label=LEARNER)
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("92")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("The completion is recorded.").wait_for()

    grades = row_of(teacher, demo, LEARNER, full="100")
    assert "92" in grades

    learner = sign_in(browser, demo, LEARNER, width=360)
    learner.get_by_text("My microcredentials").first.click()
    progress = tool(learner, demo)
    progress.get_by_role("heading", name="Awards held").wait_for()
    text = progress.inner_text("main")
    held = text[text.index("Awards held") : text.index("What counts, and")]
    assert SMALL in held
    assert LARGE in held
    assert progress.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_grade_outside_its_scale_is_refused_beside_the_form(demo: Demo, browser: Any) -> None:
    teacher = sign_in(browser, demo, TEACHER)
    teacher.get_by_text("My microcredentials").first.click()
    roster = tool(teacher, demo)
    roster.get_by_label("Learner", exact=True).select_option(label="Ben Achterberg")
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("120")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("must be between 0 and 100").first.wait_for()


def test_a_session_that_ended_leads_back_to_the_page_that_was_wanted(
    demo: Demo, browser: Any
) -> None:
    page = sign_in(browser, demo, LEARNER)
    page.get_by_text("My microcredentials").first.click()
    tool(page, demo).get_by_role("link", name="My requests").wait_for()
    page.context.clear_cookies(name=re.compile("^__Host-quoin-[0-9a-f]{12}$"))
    tool(page, demo).get_by_role("link", name="My requests").click()
    tool(page, demo).get_by_text("It leads back to where you were.").wait_for()
    page.reload()
    tool(page, demo).get_by_role("heading", name="My requests").wait_for()
    page.reload()
    tool(page, demo).get_by_role("heading", name="Your progress").wait_for()
