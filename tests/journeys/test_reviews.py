"""A registrar decides about an award whose ground was taken back, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.awarding import NewCompletion
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import ensure_learner
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.journeys.test_admin import Scene, looks_right, signed_in
from tests.services.practice import running_beside_lms
from tests.web.world import STACKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def scene(sqlite_database: Database) -> Iterator[Scene]:
    """The tool with one review, of an award that counted a withdrawn completion."""
    with running_beside_lms(sqlite_database) as (lms, parts):
        now = parts.clock()
        institution = open_institution(sqlite_database, key="harbour", name="Harbour", now=now)
        publish_stacks(
            sqlite_database, institution_key="harbour", text=STACKS, actor="test", now=now
        )
        _take_something_back(sqlite_database, institution, now)
        yield Scene(lms, parts)


def _take_something_back(database: Database, institution: int, now: datetime) -> None:
    with database.writing() as session:
        learner = ensure_learner(session, institution, "test", "amara", now).id
        ids = {a.key: a.id for a in list_achievements(session, institution)}
    entries = [
        NewCompletion(learner, ids[key], now.date(), "test", key, grade=Decimal(80))
        for key in ("sql", "charts")
    ]
    record_completions(database, institution_id=institution, entries=entries, actor="test", now=now)
    with database.reading() as session:
        uuid = session.scalars(select(Completion.uuid).order_by(Completion.id)).first()
    assert uuid is not None
    withdraw_completion(
        database,
        institution_id=institution,
        completion_uuid=uuid,
        reason="It was entered for the wrong person.",
        actor="test",
        now=now,
    )


def test_a_registrar_looks_at_an_award_and_decides(scene: Scene, browser: Any) -> None:
    page = signed_in(scene, browser, width=320)
    page.get_by_role("link", name="Reviews", exact=True).click()
    assert "1 award waits for an answer" in page.inner_text("main")
    looks_right(page, "reviews")
    page.get_by_role("button", name="Let it stand").click()
    assert "Say why" in page.get_by_role("alert").inner_text()
    looks_right(page, "reviews-again")
    page.get_by_text("Revoke the award").click()
    page.locator("details").get_by_label("Why").fill("It was not passed.")
    page.get_by_role("button", name="Revoke it").click()
    assert "is revoked" in page.get_by_role("status").inner_text()
    assert "0 awards wait" in page.inner_text("main")
    looks_right(page, "reviews-none")
    page.context.close()
