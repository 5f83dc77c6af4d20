"""The public page of an achievement in a browser: narrow, accessible, with its picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.services.describe_achievements import describe_achievements
from tests.credentials.descriptions import FULL
from tests.journeys.accessibility import violations
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def address(sqlite_database: Database, now: datetime) -> Iterator[str]:
    """The page of a described achievement, served on this machine."""
    world = World(sqlite_database, now)
    describe_achievements(
        sqlite_database,
        institution_key="harbour",
        descriptions=read_descriptions(FULL),
        pictures={},
        actor="test",
        now=now,
    )
    with sqlite_database.reading() as session:
        institution = get_institution(session, "harbour").uuid
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    path = f"/issuers/{institution}/achievements/{world.achievement('data-basics')}"
    yield f"http://127.0.0.1:{server.server_port}{path}"
    server.shutdown()
    thread.join()


def test_the_page_can_be_read_by_everybody(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert page.locator("h1").inner_text().strip() == "Data basics"
    assert page.evaluate("document.querySelector('h1 img').naturalWidth") == 512
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    assert said == []
    page.goto(f"{address}/image")
    assert page.evaluate("document.documentElement.tagName") == "svg"
    page.close()
