"""A registrar sets a grade scale in a browser without JavaScript, and a builder offers it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.set_definitions import NewDefinitions, set_definitions
from lti_tool.services.show_definitions import show_definitions
from tests.journeys.accessibility import violations
from tests.journeys.test_admin import FITS, PICTURES
from tests.services.drafting import RULE, Desk
from tests.services.test_institution_definitions import DECLARED
from tests.web.admins import Admin, sign_in
from tests.web.world import ORIGIN, Person, World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two institutions on SQLite."""
    return World(sqlite_database, now)


def opened(browser: Any, person: Admin | Person, width: int, *, scripts: bool = True) -> Any:
    """A page whose every request a signed-in person's own client answers."""
    page = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts
    ).new_page()

    def answer(route: Any) -> None:
        asked = route.request
        kind = asked.headers.get("content-type")
        headers = {"Origin": ORIGIN} | ({"Content-Type": kind} if kind else {})
        path = asked.url.removeprefix(ORIGIN)
        found = person.send(asked.method, path, data=asked.post_data, headers=headers)
        kept = {name: value for name, value in found.headers.items() if name != "Content-Length"}
        route.fulfill(status=found.status_code, headers=kept, body=found.data)
        found.close()

    page.route("**/*", answer)
    return page


def looks_right(page: Any, name: str) -> None:
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert page.evaluate(FITS), f"{name} is wider than the window"


def test_a_scale_is_typed_row_by_row_without_javascript(world: World, browser: Any) -> None:
    rita = sign_in(world, "harbour", "Rita", roles=("registrar",))
    page = opened(browser, rita, 360, scripts=False)
    page.goto(f"{ORIGIN}/admin/definitions")
    page.get_by_role("link", name="Grade scales").click()
    page.get_by_label("Name").fill("letter")
    page.get_by_label("Grade", exact=True).fill("F")
    page.get_by_role("button", name="Add a grade").click()
    page.get_by_label("Grade", exact=True).nth(1).fill("A")
    page.get_by_role("button", name="See what changes").click()
    assert "without points: F, A." in page.get_by_role("status").inner_text()
    page.get_by_label("Why it is changed").fill("The senate")
    page.get_by_role("button", name="Save as version 1").click()
    page.get_by_text("saved as a new version").wait_for()
    assert show_definitions(world.database, key="harbour").declared == {
        "scales": {"letter": ["F", "A"]}
    }
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_clean_and_no_wider_than_the_window(
    world: World, browser: Any, width: int
) -> None:
    new = NewDefinitions(DECLARED, reason="Decided by the senate")
    set_definitions(world.database, new, actor="t", now=world.now, key="harbour")
    rita = sign_in(world, "harbour", "Rita", roles=("registrar",))
    page = opened(browser, rita, width)
    for name in ("", *(f"/{kind}" for kind in DECLARED)):
        page.goto(f"{ORIGIN}/admin/definitions{name}")
        looks_right(page, f"definitions{name.replace('/', '-')}")
    page.get_by_label("Rate").fill("half")
    page.get_by_role("button", name="See what changes").click()
    assert "not a number" in page.get_by_role("alert").inner_text()
    looks_right(page, "definitions-wrong")
    page.context.close()
    desk = Desk(world, world.teacher)
    draft = desk.start("Data leader")
    desk.edit(draft, {f"{RULE}|pick": "achievement:sql"})
    page = opened(browser, world.teacher, width)
    page.goto(f"{ORIGIN}{world.teacher.course}/stacks/drafts/{draft}")
    page.get_by_label("Lowest grade (if there is one)").fill("C")
    page.get_by_label("On the scale").select_option(label="letter: F, C, A")
    page.get_by_role("button", name="Save", exact=True).first.click()
    assert page.get_by_label("On the scale").input_value() == "letter"
    assert desk.view(draft).checked.is_publishable
    looks_right(page, "builder-scales")
    page.context.close()
