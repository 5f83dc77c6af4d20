"""Ten tasks by keyboard alone; at every stop the focus is seen, and in sight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.persistence.base import Database
from tests.accessibility.audiences import Audiences
from tests.accessibility.campus import served
from tests.accessibility.happenings import fill_campus
from tests.accessibility.keys import Keys
from tests.accessibility.looking import Looker
from tests.conftest import NOW
from tests.journeys.conftest import Demo, running_demo
from tests.journeys.steps import sign_in, tool
from tests.web.admins import invite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

At = Callable[[str, str], Keys]


@pytest.fixture(scope="module")
def everybody(
    sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Audiences]:
    """A campus of one's own: here things are sent, recorded and published."""
    path = tmp_path_factory.mktemp("keyboard") / "quoin.sqlite3"
    path.write_bytes(sqlite_template)
    database, pool = Database(f"sqlite:///{path}"), CheckingPool(size=1)
    with served(database, NOW, pool) as campus:
        yield Audiences(campus, fill_campus(campus))
    pool.close()
    database.dispose()


@pytest.fixture
def at(browser: Any, everybody: Audiences) -> Iterator[At]:
    """Opens a page as an audience, and gives a keyboard: ``at("learner", "{course}/progress")``."""
    looker, opened = Looker(browser, everybody), []

    def start(audience: str, address: str) -> Keys:
        tab = looker.tab(audience)
        tab.goto(everybody.campus.origin + everybody.address(address))
        opened.append(Keys(tab, tab))
        return opened[-1]

    yield start
    unseen = [stop for keys in opened for stop in keys.unseen]
    looker.close()
    assert unseen == []


def test_the_tool_is_launched_and_the_next_step_is_read(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        page = sign_in(browser, demo, "Amara Nwosu", width=1000)
        page.emulate_media(reduced_motion="reduce")
        _launch_by_keyboard(page, demo)
        page.context.close()


def _launch_by_keyboard(page: Any, demo: Demo) -> None:
    keys = Keys(page, page)
    keys.press("link", re.compile("My microcredentials"), exact=False)
    inside = Keys(page, tool(page, demo))
    assert "Next step" in inside.place.inner_text("main")
    inside.press("link", "What if I complete something?")
    inside.place.get_by_role("heading", name="What if", exact=False).first.wait_for()
    assert inside.unseen == []


def test_what_if(at: At) -> None:
    keys = at("newcomer", "{course}/progress")
    keys.press("link", "What if I complete something?")
    keys.choose("Award", "Laboratory safety")
    keys.press("button", "Work it out")
    for name in ("First aid", "Safe lifting"):
        keys.press("checkbox", re.compile(name), key="Space")
    keys.press("button", "Work it out")
    keys.page.get_by_text("Laboratory safety would be earned.").first.wait_for()


def test_a_goal_is_asked(at: At) -> None:
    keys = at("learner", "{course}/progress")
    keys.press("link", "Where do you want to go?")
    keys.press("button", "Find what leads there")
    keys.type("textbox", "Your goal, or an advertisement", "I want to judge risk.")
    keys.press("button", "Find what leads there")
    keys.page.get_by_role("heading", name="Awards that lead there").wait_for()


def test_evidence_is_handed_in(at: At) -> None:
    keys = at("learner", "{course}/progress")
    keys.press("link", re.compile("Hand in evidence.*Data ethics"), exact=False)
    keys.press("button", "Hand in")
    alert = keys.page.get_by_role("alert")
    assert "correction" in alert.inner_text()
    keys.press("link", alert.get_by_role("link").first.inner_text())
    keys.page.keyboard.insert_text("An essay about whose data these are.")
    keys.press("button", "Hand in")
    keys.page.get_by_text("An essay about whose data these are.").first.wait_for()


def test_something_looks_wrong(at: At) -> None:
    keys = at("learner", "{course}/requests/new?stack=officer")
    keys.type("textbox", "What looks wrong", "The project of 2025 is missing.")
    keys.press("button", "Send the request")
    keys.page.get_by_text("is with the registrar").first.wait_for()


def test_a_stack_is_built_and_published(at: At) -> None:
    from playwright.sync_api import expect

    keys = at("teacher", "{course}/stacks")
    keys.type("textbox", "Title of the award", "Field practice")
    keys.press("button", "Begin")
    keys.type("textbox", "New achievements, one title per line", "Maps\nSamples\nFirst aid kit")
    keys.press("button", "Add to this group")
    keys.page.get_by_text("Complete Samples").first.wait_for()
    keys.press("button", "Move up Samples", key="Space")
    keys.page.wait_for_url(re.compile("#"))
    keys.page.get_by_role("button", name="Move down Samples").wait_for()
    # The address had a fragment before, too: what is seen says that the page is the new one.
    names = keys.page.locator(".parts .single b")
    expect(names).to_have_text(["Samples", "Maps", "First aid kit"])
    keys.press("button", "Check the effect and publish")
    keys.press("button", "Publish")
    keys.page.get_by_text("The stack is published.").wait_for()


def test_a_competency_is_recorded_for_several(at: At) -> None:
    keys = at("teacher", "{course}/attest")
    keys.choose("What is completed", "Data ethics")
    keys.press("button", "Show the learners")
    keys.type("textbox", "Grade", "85")
    for name in ("Mei Chen", "Olga Nowak"):
        keys.press("checkbox", name, key="Space")
    keys.press("button", "Show what is recorded")
    keys.press("button", re.compile("Record it for"), exact=False)
    keys.page.get_by_role("heading", name="Recorded").wait_for()


def test_a_request_is_decided(at: At) -> None:
    keys = at("registrar", "/admin/cases")
    keys.press("link", "Amara Nwosu")
    keys.choose("Reason", "An equivalent course")
    keys.type("textbox", "Reason in words", "Your course at Hill College covers it.")
    keys.press("button", "Show the effect")
    keys.press("button", "Grant it")
    assert "counts from now on" in keys.page.get_by_role("status").inner_text()


def test_an_administrator_signs_in(at: At, everybody: Audiences) -> None:
    _, code = invite(everybody.campus, "harbour", "Kofi Mensah")
    keys = at("public", "/admin/sign-in")
    keys.type("textbox", "Your link", f"{everybody.campus.origin}/admin/sign-in#{code}")
    keys.press("button", "Sign in")
    keys.page.get_by_role("heading", name="Platforms").wait_for()


def test_a_credential_is_shared(at: At) -> None:
    keys = at("learner", "{course}/credentials")
    keys.press("link", re.compile("^Show it to others ?: Laboratory safety$"))
    keys.press("checkbox", re.compile("Your name"), key="Space")
    keys.press("button", "Publish the page")
    keys.page.get_by_text("The public page is there.").wait_for()


def test_content_is_skipped_to(at: At) -> None:
    keys = at("teacher", "{course}/roster")
    keys.page.keyboard.press("Tab")
    keys.press("link", "Skip to the content")
    keys.page.keyboard.press("Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert keys.page.evaluate(inside)
