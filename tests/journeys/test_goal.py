"""A student pastes the advertisement of a job in the practice LMS, and sees what leads there."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in, tool
from tests.journeys.test_definition_pages import opened
from tests.web.student import Student
from tests.web.world import ORIGIN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PICTURES = os.environ.get("QUOIN_TEST_PICTURES")
ADVERTISEMENT = """Junior data analyst (m/f/d), Harbour Ferries

You like to find out what numbers mean? We look for somebody who asks our database exact questions
(SQL), cleans tables and draws honest charts for people who have no time.

Your tasks
* writing queries in SQL for the timetable team
* data cleaning of ticket sales
* explaining how sure a number is (everyday statistics)

We offer: 30 days of leave, a desk with a view of the harbour, <free> ferry rides & coffee.
"""


def test_an_advertisement_leads_to_competencies_and_awards(demo: Demo, browser: Any) -> None:
    page = sign_in(browser, demo, "Daniel Kim", width=360)
    page.get_by_text("My microcredentials").first.click()
    tool(page, demo).get_by_role("link", name="Where do you want to go?").click()
    frame = tool(page, demo)
    frame.get_by_label("Your goal, or an advertisement").fill(ADVERTISEMENT)
    frame.get_by_role("button", name="Find what leads there").click()
    frame.get_by_role("heading", name="Competencies that fit").wait_for()

    found = frame.inner_text("section[aria-labelledby=parts]")
    for name in ("Queries in SQL", "Data cleaning", "Everyday statistics", "Honest charts"):
        assert name in found
    assert "Fits closely" in found
    assert frame.locator("mark", has_text="queries in SQL").count() > 0
    awards = frame.inner_text("section[aria-labelledby=ways]")
    assert "Brings you" in awards
    assert "A way there" in awards
    assert "Links and local networks" not in found

    assert "what=" not in frame.url
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert frame.locator("textarea").input_value().strip() == ADVERTISEMENT.strip()
    assert violations(frame) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "goal-phone.png", full_page=True)
        frame.locator("main").screenshot(path=Path(PICTURES) / "goal-frame.png")


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Passt genau"), ("es", "Encaja bien"), ("ar", "مناسب جدًا")]
)
def test_the_page_works_without_scripts_at_320_pixels_in_every_language(
    sqlite_database: Database, now: datetime, browser: Any, language: str, said: str
) -> None:
    world = Student(sqlite_database, now).world
    person = world.come_as("lena", locale=language)
    page = opened(browser, person, 320, scripts=False)
    page.goto(f"{ORIGIN}{person.course}/goal")
    page.locator("textarea").fill("Datenschutz <und> Verschlüsselungsverfahren")
    page.locator("form#goal button").click()
    page.locator("#parts").wait_for()
    assert said in page.inner_text("main")
    assert "Verschlüsselungsverfahren" in page.locator("mark").all_inner_texts()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"goal-{language}.png", full_page=True)
    page.context.close()
