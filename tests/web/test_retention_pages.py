"""The page on which an administrator says how long what is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.retaining import KINDS
from tests.services.test_retention import learner
from tests.web.admins import last_event, sign_in
from tests.web.world import World

USUAL = {kind: str(one.usual) for kind, one in KINDS.items()}


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two institutions on SQLite."""
    return World(sqlite_database, now)


def test_numbers_are_tried_and_then_set(world: World) -> None:
    learner(world, "gone", 100)
    ingrid = sign_in(world, "harbour")
    assert ingrid.get("retention").headers["Location"].endswith("/admin/retention/harbour")
    tried = {**USUAL, "inactive-learners": "90", "news": "0"}
    page = ingrid.post("retention/harbour", {**tried, "act": "check"}).text
    assert "hold no award and are no staff: 1<" in page
    assert "page: kept for good<" in page
    assert 'value="90"' in page
    with world.database.reading() as session:
        assert get_institution(session, "harbour").retention is None
    answer = ingrid.post("retention/harbour", {**tried, "act": "save"})
    assert answer.status_code == 303
    assert last_event(world.database) == (ingrid.actor, "retention-set")
    with world.database.reading() as session:
        set_now = get_institution(session, "harbour").retention
    assert set_now == {"inactive-learners": 90, "news": 0}


@pytest.mark.parametrize("wrong", ["", "soon", "5", "-1", "99999999999", "1.5", "٣٦٥"])
def test_a_wrong_number_is_said_at_its_field(world: World, wrong: str) -> None:
    ingrid = sign_in(world, "harbour")
    for act in ("check", "save"):
        answer = ingrid.post("retention/harbour", {**USUAL, "news": wrong, "act": act})
        assert answer.status_code == 422
        assert 'id="retention-news-error"' in answer.text
        assert f'name="news" value="{wrong}"' in answer.text


def test_another_institution_is_not_there(world: World) -> None:
    hana = sign_in(world, "hill")
    assert hana.get("retention/harbour").status_code == 404
    assert hana.post("retention/harbour", {**USUAL, "act": "save"}).status_code == 404
    assert sign_in(world).get("retention").text.count("/admin/retention/") == 2
