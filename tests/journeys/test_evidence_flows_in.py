"""A quiz that is passed becomes a completion and two awards, with no click by anyone in the tool.

The administrator keeps the source, the teacher connects the quiz; then both look on.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo, running_demo
from tests.journeys.steps import picture, settings_of, sign_in, tool, type_command

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]

INTERVAL = 3
QUIZ = "Breaking a problem into parts"
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
RIGHT = (
    "results of parts",
    "it combines",
    "take a choice back",
    "induction",
    "time",
)


def _token(browser: Any, demo: Demo) -> str:
    """What the registrar of the LMS copies from its page of web services."""
    page = browser.new_context().new_page()
    page.goto(demo.lms)
    page.get_by_text("Registrar").first.click()
    page.wait_for_url("**/courses")
    page.goto(f"{demo.lms}/admin/web-services")
    page.get_by_role("button", name="Make a token").click()
    token: str = page.locator(".card code").inner_text()
    page.context.close()
    return token


def _looks_right(page: Any, name: str) -> None:
    picture(page, name)
    assert violations(page) == []
    assert page.evaluate(FITS), f"{page.url} is wider than the window"


def _keep_source(browser: Any, demo: Demo, folder: Path, token: str) -> Any:
    link = type_command(settings_of(demo, folder), "admin", "invite", "--name", "Ingrid Solheim")
    page = browser.new_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Sources").click()
    page.get_by_label("Installation").select_option(index=1)
    page.get_by_label("Name").fill("Practice LMS")
    page.get_by_label("Address of the front page").fill(demo.lms)
    page.get_by_label("Token").fill(token)
    _looks_right(page, "sources")
    page.get_by_role("button", name="Add the source").click()
    page.get_by_role("button", name="Check").click()
    assert "Everything is in order" in page.inner_text("main")
    _looks_right(page, "source-checked")
    return page


def _connect(browser: Any, demo: Demo) -> Any:
    """María connects the quiz, after she tried it."""
    page = sign_in(browser, demo, "María Fernández Soto", width=420)
    page.get_by_text("My microcredentials").first.click()
    frame = tool(page, demo)
    frame.get_by_role("link", name="Connections").click()
    frame.get_by_role("link", name="Add a connection").click()
    frame.get_by_label("What counts").select_option(label=f"{QUIZ}: grade")
    frame.get_by_label("From which result on").fill("83")
    frame.get_by_role("button", name="Try it").click()
    frame.get_by_text("It would complete this for 0 of 8 learners.").wait_for()
    picture(page, "connection-tried")
    assert violations(frame) == []
    options = frame.get_by_label("What it completes").locator("option").all_inner_texts()
    dynamic = next(one for one in options if one.startswith("Dynamic"))
    frame.get_by_label("What it completes").select_option(label=dynamic)
    frame.get_by_label("Evidence text").fill("The quiz of the last week")
    frame.get_by_role("button", name="Add the connection").click()
    frame.get_by_text("The connection is there.").wait_for()
    return page


def _take_quiz(browser: Any, demo: Demo) -> None:
    page = sign_in(browser, demo, "Amara Nwosu")
    page.get_by_role("link", name="Quizzes").click()
    page.get_by_role("link", name=QUIZ).click()
    for answer in RIGHT:
        page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Hand in").click()
    assert "10 of 10, passed" in page.inner_text("main")
    page.context.close()


def _connections_say(page: Any, demo: Demo, words: str) -> None:
    frame = tool(page, demo)
    for _ in range(20):
        frame.get_by_role("link", name="Connections").click()
        frame.wait_for_load_state()
        if words in frame.inner_text("main"):
            return
        time.sleep(0.5)
    pytest.fail(f"the page does not say {words!r}: {frame.inner_text('main')}")


def test_a_passed_quiz_awards_by_itself_and_a_regrade_asks(
    tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_SOURCE_SECONDS", str(INTERVAL))
    with running_demo(tmp_path) as demo:
        admin = _keep_source(browser, demo, tmp_path, _token(browser, demo))
        maria = _connect(browser, demo)
        _connections_say(maria, demo, "Read last")
        _take_quiz(browser, demo)
        time.sleep(INTERVAL + 2)
        amara = sign_in(browser, demo, "Amara Nwosu")
        amara.get_by_text("My microcredentials").first.click()
        frame = tool(amara, demo)
        frame.get_by_role("link", name="My credentials").click()
        frame.get_by_role("heading", name="My credentials").wait_for()
        held = frame.inner_text("main")
        assert "Algorithms" in held
        assert "admission" in held.lower()
        _connections_say(maria, demo, "1 completion stands.")
        picture(maria, "connections")
        assert violations(tool(maria, demo)) == []
        maria.goto(f"{demo.lms}/courses/algorithms/quizzes")
        maria.get_by_role("link", name=QUIZ).click()
        maria.get_by_label("Amara Nwosu").fill("4")
        amara_form = maria.locator("form.control", has=maria.get_by_label("Amara Nwosu"))
        amara_form.get_by_role("button").click()
        time.sleep(INTERVAL + 2)
        admin.get_by_role("link", name="Reviews", exact=True).click()
        assert "1 award waits for an answer" in admin.inner_text("main")
        _looks_right(admin, "review-after-a-regrade")
