"""The public page of an achievement in a browser: narrow, accessible, with its picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, get_institution
from lti_tool.persistence.endorsements import GivenEndorsement, add_given
from lti_tool.services.align_achievement import Address, align_achievement
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
    align_achievement(
        sqlite_database,
        institution_key="harbour",
        achievement_key="data-basics",
        target=Address(f"https://registry.example/{'long' * 30}", "Work with data"),
        actor="test",
        now=now,
    )
    with sqlite_database.writing() as session:
        found = get_institution(session, "harbour")
        institution = found.uuid
        add_given(session, endorsement(session, found.id, now))
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    path = f"/issuers/{institution}/achievements/{world.achievement('data-basics')}"
    yield f"http://127.0.0.1:{server.server_port}{path}"
    server.shutdown()
    thread.join()


def endorsement(session: Session, institution_id: int, now: datetime) -> GivenEndorsement:
    """An endorsement as the page shows it; who may add one is tried elsewhere."""
    achievement = find_achievement(session, institution_id, "data-basics")
    assert achievement is not None
    return GivenEndorsement(
        institution_id=institution_id,
        achievement_id=achievement.id,
        issuer="did:web:quality.example:issuers:8f0e0b0e-0000-4000-8000-000000000000",
        issuer_name="Agency for Quality",
        endorsement_id="https://quality.example/endorsements/1",
        comment="Assessed against clear standards.",
        valid_from=now,
        outcome="valid",
        sha256="0" * 64,
        document="{}",
        added_by="test",
        added_at=now,
    )


def test_the_page_can_be_read_by_everybody(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert page.locator("h1").inner_text().strip() == "Data basics"
    assert page.evaluate("document.querySelector('h1 img').naturalWidth") == 512
    assert page.get_by_role("link", name="Work with data").is_visible()
    assert page.get_by_text("Signed by did:web:quality.example").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    assert said == []
    page.goto(f"{address}/image")
    assert page.evaluate("document.documentElement.tagName") == "svg"
    page.close()
