"""The pages of look and retention in a browser, and the look on a learner's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.change_brand import NewBrand, change_brand
from tests.journeys.test_definition_pages import looks_right, opened
from tests.web.admins import sign_in
from tests.web.test_brand_pages import png
from tests.web.test_retention_pages import USUAL
from tests.web.world import ORIGIN, World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two institutions on SQLite; the first one has a look of its own."""
    found = World(sqlite_database, now)
    new = NewBrand("Harbour University", "#7a1f5c", "#f0a0d0", png((300, 80)))
    change_brand(found.database, "harbour", new, actor="t", now=now)
    return found


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_settings_are_clean(world: World, browser: Any, width: int) -> None:
    page = opened(browser, sign_in(world, "harbour"), width)
    page.goto(f"{ORIGIN}/admin/look/harbour")
    looks_right(page, "look")
    page.goto(f"{ORIGIN}/admin/retention/harbour")
    looks_right(page, "retention")
    page.get_by_label("News on a learner's page").fill("soon")
    page.get_by_role("button", name="Count what would go").click()
    assert "36,500" in page.get_by_role("alert").inner_text()
    looks_right(page, "retention-wrong")
    page.get_by_label("News on a learner's page").fill(USUAL["news"])
    page.get_by_role("button", name="Count what would go").click()
    page.get_by_role("heading", name="What would go with these numbers").wait_for()
    page.context.close()
    whole = opened(browser, sign_in(world), width)
    for name in ("look", "retention"):
        whole.goto(f"{ORIGIN}/admin/{name}")
        looks_right(whole, f"{name}-list")
    whole.context.close()


@pytest.mark.parametrize(
    ("scheme", "colour"), [("light", (122, 31, 92)), ("dark", (240, 160, 208))]
)
def test_a_learner_sees_the_institutions_colours_and_logo(
    world: World, browser: Any, scheme: str, colour: tuple[int, int, int]
) -> None:
    page = opened(browser, world.learner, 360)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{ORIGIN}{world.learner.course}/progress")
    link = page.locator("main a").first
    found = link.evaluate("one => getComputedStyle(one).color")
    assert found == "rgb({}, {}, {})".format(*colour)
    logo = page.get_by_role("img", name="Harbour University")
    assert logo.evaluate("one => one.naturalWidth") == 300
    assert logo.bounding_box()["height"] <= 40
    looks_right(page, f"branded-{scheme}")
    page.context.close()
