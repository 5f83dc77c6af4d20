"""The page on which a teacher takes over another course, and the address of notices."""

from __future__ import annotations

from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement
from lti_tool.persistence.courses import ensure_context, get_context
from lti_tool.persistence.learners import ensure_membership
from lti_tool.persistence.placements import ensure_placement
from tests.web.world import ORIGIN, World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    return World(sqlite_database, now)


def _other_course(world: World) -> str:
    """Return the uuid of another course of the same teacher, in which something is placed."""
    teacher = world.teacher.learner_id
    with world.database.writing() as session:
        here = get_context(session, world.context_of("harbour"))
        other = ensure_context(session, here.deployment_id, "c0", world.now, title="Last year")
        ensure_membership(session, other.id, teacher, world.now, is_instructor=True)
        achievement = get_achievement(
            session, world._institutions["harbour"], world.achievement("sql")
        )
        ensure_placement(session, other.id, achievement.id, teacher, world.now)
        return str(other.uuid)


def test_a_teacher_takes_over_another_course_once(world: World) -> None:
    assert "take over another course" in world.teacher.get("roster").text
    assert "no other course" in world.teacher.get("copy").text
    origin = _other_course(world)
    page = world.teacher.get("copy").text
    assert "Last year" in page
    assert "SQL foundations" in page
    assert world.teacher.post("copy").status_code == 422
    assert world.teacher.post("copy", {"origin": origin}).status_code == 303
    assert "take over another course" not in world.teacher.get("roster").text
    assert "has taken over another one already" in world.teacher.get("copy").text


def test_a_course_of_somebody_else_cannot_be_taken_over(world: World) -> None:
    answer = world.teacher.post("copy", {"origin": str(world.other_teacher.context_uuid)})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"notices": 7}', b'{"notices": [' + b"{}," * 101 + b"{}]}"]
)
def test_what_is_no_batch_of_notices_is_refused(world: World, body: bytes) -> None:
    client = world.app.test_client(use_cookies=False)
    answer = client.post("/lti/notices", data=body, base_url=ORIGIN)
    assert answer.status_code in (400, 401, 403)


def test_a_batch_of_nonsense_is_taken_and_nothing_happens(world: World) -> None:
    client = world.app.test_client(use_cookies=False)
    batch = {"notices": [{"jwt": "x"}, {}, 7, {"jwt": None}]}
    answer = client.post("/lti/notices", json=batch, base_url=ORIGIN)
    assert answer.status_code == 202
