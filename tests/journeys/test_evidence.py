"""A learner hands in evidence; the teacher returns it, then accepts it; an award follows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import row_of, sign_in, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER, LEARNER, AWARD = "María Fernández Soto", "Amara Nwosu", "Algorithms pathway"
COMPETENCY = "Dynamic programming and greedy algorithms"


def test_evidence_is_returned_then_accepted_and_becomes_an_award(demo: Demo, browser: Any) -> None:
    teacher = sign_in(browser, demo, TEACHER)
    place(teacher, demo)
    learner = sign_in(browser, demo, LEARNER, width=360)
    hand_in(learner, demo, "My proof for coins.")

    queue = open_tool(teacher, demo)
    assert violations(queue) == []
    decide(queue, "Return with the note", note="Show why the greedy choice is safe.")
    queue.get_by_text("My proof for coins.").wait_for(state="detached")

    page = open_tool(learner, demo)
    assert "Show why the greedy choice is safe." in page.inner_text("main")
    hand_in(learner, demo, "With the exchange argument now.")
    decide(open_tool(teacher, demo), "Accept", note="Clear.", grade="90")

    assert "90" in row_of(teacher, demo, LEARNER, full="90").split()
    page = open_tool(learner, demo)
    text = page.inner_text("main")
    assert AWARD in text[text.index("Awards held") : text.index("What counts, and")]
    assert violations(page) == []


def place(page: Any, demo: Demo) -> None:
    page.get_by_text("Add from Quoin").first.click()
    picker = tool(page, demo)
    assert violations(picker) == []
    picker.get_by_label(COMPETENCY).first.check()
    picker.get_by_role("button", name="Add to the course").click()
    page.wait_for_url("**/courses/algorithms")


def open_tool(page: Any, demo: Demo) -> Any:
    page.goto(f"{demo.lms}/courses/algorithms")
    page.get_by_text("My microcredentials").first.click()
    return tool(page, demo)


def hand_in(page: Any, demo: Demo, text: str) -> None:
    frame = open_tool(page, demo)
    frame.locator("a.hand-in", has_text=COMPETENCY).first.click()
    frame.get_by_label("What you did").wait_for()
    assert violations(frame) == []
    frame.get_by_label("What you did").fill(text)
    frame.get_by_role("button", name="Hand in").click()
    frame.get_by_text(text).first.wait_for()


def decide(frame: Any, button: str, *, note: str, grade: str = "") -> None:
    piece = frame.locator("article.piece").first
    piece.get_by_label("Note to the learner").fill(note)
    piece.get_by_label("Grade (if there is one)").fill(grade)
    piece.get_by_role("button", name=button).click()
    frame.get_by_role("status").first.wait_for()


def test_the_accessibility_check_sees_a_fault(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<main><h1>Progress</h1><img src='x'></main>")
    assert any(found.startswith("image-alt") for found in violations(page))
    page.close()
