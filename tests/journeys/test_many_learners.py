"""A teacher records a competency for a class, brings a table, and looks at list and figures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in
from tests.journeys.test_evidence import COMPETENCY, LEARNER, TEACHER, open_tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TABLE = "learner;competency;date;grade\n{name};{key};2026-01-15;90\nNobody;{key};2026-01-15;\n"


def test_a_class_is_recorded_at_once(demo: Demo, browser: Any, tmp_path: Any) -> None:
    page = sign_in(browser, demo, TEACHER, width=1280)
    frame = open_tool(page, demo)
    check(page, frame, tmp_path / "roster.png")

    go(frame, "Record for many")
    frame.get_by_label("What is completed").select_option(label=option(frame))
    frame.get_by_role("button", name="Show the learners").press("Enter")
    frame.get_by_label("Completed on").wait_for()
    check(page, frame, tmp_path / "attest.png")
    frame.get_by_label("All", exact=False).first.check()
    frame.get_by_label("Grade (if there is one)").fill("85")
    frame.get_by_role("button", name="Show what is recorded").press("Enter")
    frame.get_by_role("heading", name="Look before you record").wait_for()
    check(page, frame, tmp_path / "preview.png")
    frame.get_by_role("button", name="Record it for").evaluate("b => { b.click(); b.click() }")
    frame.get_by_role("heading", name="Recorded").wait_for()
    check(page, frame, tmp_path / "recorded.png")

    go(frame, "Tables")
    frame.get_by_label("File").wait_for()
    check(page, frame, tmp_path / "tables.png")
    table = TABLE.format(name=LEARNER, key="dynamic")
    frame.get_by_label("File").set_input_files(
        {"name": "grades.csv", "mimeType": "text/csv", "buffer": table.encode("cp1252")}
    )
    frame.get_by_role("button", name="Look at what it leads to").press("Enter")
    frame.get_by_role("heading", name="Look before you record").wait_for()
    assert "Nobody in this course has this user id" in frame.inner_text("main")
    check(page, frame, tmp_path / "sheet.png")
    frame.get_by_role("button", name="Record 1 row and leave 1 out").press("Enter")
    frame.get_by_role("heading", name="Recorded").wait_for()
    assert violations(frame) == []

    go(frame, "Analytics")
    # The worker may have computed it all by now: then there is no such button.
    button = frame.get_by_role("button", name="Compute now")
    if button.count():
        button.press("Enter")
    frame.get_by_text("As computed on").wait_for()
    check(page, frame, tmp_path / "analytics.png")
    go(frame, "Evidence")
    frame.get_by_text("Nothing waits for a decision.").wait_for()
    check(page, frame, tmp_path / "queue.png")
    go(frame, "Learners")
    frame.get_by_label("Award").wait_for()
    assert "85" in frame.inner_text("main")


def option(frame: Any) -> str:
    """Return how the form offers the competency, its credits included."""
    offered = frame.get_by_label("What is completed").locator("option").all_inner_texts()
    return next(words.strip() for words in offered if words.strip().startswith(COMPETENCY))


# Keys, not clicks: while the frame follows its content, a click may land beside what moves.
def go(frame: Any, name: str) -> None:
    frame.get_by_role("navigation", name="Course").get_by_role("link", name=name).press("Enter")
    frame.get_by_role("navigation", name="Course").get_by_text(name).wait_for()
    frame.locator(f"[aria-current=page]:text-is('{name}')").wait_for()


def check(page: Any, frame: Any, picture: Any) -> None:
    """At each width nothing is wrong for axe, and nothing is wider than the frame."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        assert violations(frame) == [], (picture, width)
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), picture
        page.screenshot(path=picture.with_stem(f"{picture.stem}-{width}"), full_page=True)
