"""Pages that need many people or evidence, drawn by a browser from the tool's answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Evidence
from lti_tool.persistence.courses import Context, get_institution_id
from lti_tool.persistence.learners import Learner
from tests.journeys.accessibility import violations
from tests.web.test_class_list import fill
from tests.web.world import ORIGIN, World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LONG = "María del Carmen Fernández-Villanueva de la Santísima Trinidad y Todos los Santos"


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """A course of 40, of whom 12 hold the award; two pieces of evidence wait."""
    found = World(sqlite_database, now)
    both = {"sql": date(2026, 3, 1), "charts": date(2026, 4, 10)}
    people: dict[str, dict[str, date]] = {f"h{i}": both for i in range(12)}
    people |= {f"s{i}": {"sql": date(2026, 5, 1)} for i in range(15)}
    people |= {f"n{i}": {} for i in range(10)} | {LONG: {}, "فريد الحداد": {}}
    fill(found, people)
    with found.database.writing() as session:
        context_id = found.context_of("harbour")
        keys = {a.key: a.id for a in list_achievements(session, get_institution_id(session, 1))}
        for name in (LONG, "s1"):
            learner = session.scalars(select(Learner).where(Learner.name == name)).one()
            session.add(
                Evidence(
                    uuid=uuid4(),
                    learner_id=learner.id,
                    context_id=context_id,
                    achievement_id=keys["charts"],
                    text="What I did. " * 30,
                    url="https://example.org/" + "a" * 200,
                    submitted_at=now - timedelta(days=len(name)),
                )
            )
        for context in session.scalars(select(Context)):
            context.roster_synced_at = now
    found.teacher.post("analytics")
    return found


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_clean_and_no_wider_than_the_frame(
    world: World, browser: Any, width: int, tmp_path: Path
) -> None:
    with world.database.reading() as session:
        pieces = list(session.scalars(select(Evidence.uuid).order_by(Evidence.submitted_at)))
    preview = world.teacher.post("queue", {"evidence": [str(one) for one in pieces]}).text
    wrong = world.teacher.post("queue", {"grade": "x" * 41}).text
    made = {"queue-preview": preview, "queue-wrong": wrong}
    page = browser.new_page(viewport={"width": width, "height": 900})

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        name = path.rsplit("/", 1)[-1]
        if name in made:
            route.fulfill(status=200, content_type="text/html", body=made[name])
            return
        found = world.teacher.get(path)
        headers = {name: value for name, value in found.headers.items() if name != "Content-Length"}
        route.fulfill(status=found.status_code, headers=headers, body=found.data)
        found.close()

    page.route("**/*", answer)
    for name in (
        "roster?stack=data-basics&where=nothing",
        "roster?page=2",
        "analytics",
        "queue",
        f"queue/{pieces[0]}",
        f"attest?achievement={world.achievement('sql')}",
        *made,
    ):
        page.goto(f"{ORIGIN}{world.teacher.course}/{name}")
        assert page.locator("h1").count() == 1, name
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture = name.split("?")[0].replace("/", "-")[:20]
        page.screenshot(path=tmp_path / f"{picture}.png", full_page=True)
    page.close()
