"""A learner asks in the LMS; a registrar decides in six actions; the learner sees what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import enter, settings_of, tool, type_command
from tests.journeys.test_admin import FITS, PICTURES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LEARNER, AWARD = "Amara Nwosu", "Algorithms pathway"
MOST_ACTIONS = 6


class Hands:
    """A registrar's hands: one click, choice or filled field each is one action."""

    def __init__(self, page: Any) -> None:
        self.page, self.actions = page, 0

    def click(self, role: str, name: str) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, exact=True).click()

    def choose(self, label: str, words: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).select_option(label=words)

    def fill(self, label: str, words: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).fill(words)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_request_becomes_an_exception_and_an_award(
    demo: Demo, browser: Any, tmp_path: Path, width: int
) -> None:
    learner = enter(browser.new_context(viewport={"width": width, "height": 900}), demo, LEARNER)
    assert AWARD not in held(progress(learner, demo))
    requirement = ask(learner, demo)
    rita = registrar(demo, browser, tmp_path, width)
    hands = Hands(rita)

    looks_right(rita)
    hands.click("link", LEARNER)
    looks_right(rita)
    assert "I passed this at another university." in rita.inner_text("main")
    hands.choose("Reason", "An equivalent course or result")
    hands.fill("Reason in words", "Your course at Hill covers it.")
    hands.click("button", "Show the effect")
    looks_right(rita)
    assert requirement in rita.inner_text("main")
    hands.click("button", "Grant it")
    assert "counts from now on" in rita.get_by_role("status").inner_text()
    assert hands.actions <= MOST_ACTIONS
    looks_right(rita)
    rita.get_by_role("link", name="Exceptions", exact=True).click()
    rita.get_by_text("End it").click()
    looks_right(rita)

    page = progress(learner, demo)
    assert "Met by an exception" in page.text_content("main")
    assert AWARD in held(page)
    page.get_by_role("link", name="My requests").click()
    page.get_by_text("Your course at Hill covers it.").first.wait_for()
    assert violations(page) == []
    assert page.evaluate(FITS)


def ask(learner: Any, demo: Demo) -> str:
    """Ask about the one requirement that is missing; return what it is called."""
    page = progress(learner, demo)
    card = page.locator("section.card", has=page.get_by_role("heading", name=AWARD, exact=True))
    card.get_by_role("link", name="Something looks wrong").click()
    page.get_by_role("heading", name="Ask the registrar").wait_for()
    assert violations(page) == []
    assert page.evaluate(FITS)
    options = page.get_by_label("What it is about").locator("option").all_inner_texts()
    missing = next(words for words in options if "programming" in words)
    page.get_by_label("What it is about").select_option(label=missing)
    page.get_by_label("What looks wrong").fill("I passed this at another university.")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("is with the registrar").wait_for()
    assert violations(page) == []
    return str(missing.split(" / ")[-1])


def held(page: Any) -> str:
    """What the page lists as awards held."""
    earned = page.locator("section", has=page.get_by_role("heading", name="Awards held"))
    return str(earned.inner_text()) if earned.count() else ""


def progress(page: Any, demo: Demo) -> Any:
    page.goto(f"{demo.lms}/courses/algorithms")
    page.get_by_text("My microcredentials").first.click()
    return tool(page, demo)


def registrar(demo: Demo, browser: Any, folder: Path, width: int) -> Any:
    """A page of a registrar who has just signed in: it shows the cases."""
    words = ["admin", "invite", "--name", "Rita Moreau", "--role", "registrar"]
    settings = settings_of(demo, folder)
    key = type_command(settings, "institution", "list").split()[0]
    link = type_command(settings, *words, "--institution", key)
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Cases").wait_for()
    return page


def looks_right(page: Any) -> None:
    if PICTURES:
        name = page.get_by_role("heading", level=1).inner_text()
        width = page.viewport_size["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate(FITS), f"{page.url} is wider than the window"
