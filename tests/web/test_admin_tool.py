"""The administrator's pages of keys, scores and institutions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Delivery
from lti_tool.services.list_signing_keys import list_signing_keys
from tests.web.admins import Admin, last_event, sign_in
from tests.web.scores import promise
from tests.web.world import World

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions with a course each."""
    return World(database, now)


@pytest.fixture
def admin(world: World) -> Admin:
    """Somebody who looks after the whole tool."""
    return sign_in(world)


def _keys(world: World) -> dict[str, str]:
    return {key.state: key.kid for key in list_signing_keys(world.database).keys}


def test_a_rotation_from_the_page(world: World) -> None:
    admin = sign_in(world)
    assert "The first key is made when the tool first signs." in admin.get("keys").text
    answer = admin.post("keys/rotate", {"at_once": "1"})
    assert answer.location == "/admin/keys?notice=fresh-key"
    assert last_event(world.database) == (admin.actor, "key-activated")
    assert admin.post("keys/rotate").location == "/admin/keys?notice=nothing-due"
    assert "Nothing is due." in admin.get("/admin/keys?notice=nothing-due").text
    page = admin.get("keys").text
    assert "Signs now" in page
    assert "a next key is published" in page
    world.now += 88 * DAY
    admin = sign_in(world)
    assert admin.post("keys/rotate").location == "/admin/keys?notice=rotated"
    assert set(_keys(world)) == {"current", "next"}


def test_a_key_that_signs_stays_and_the_others_go(world: World, admin: Admin) -> None:
    for _ in range(2):
        admin.post("keys/rotate", {"at_once": "1"})
    keys = _keys(world)
    page = admin.get("keys").text
    assert page.count("Publish it no longer") == 1
    refused = admin.post(f"keys/{keys['current']}/retire")
    assert refused.status_code == 409
    assert "“Let a fresh key sign at once”" in refused.text
    gone = admin.post(f"keys/{keys['retired']}/retire")
    assert gone.location == "/admin/keys?notice=retired"
    assert set(_keys(world)) == {"current"}
    assert admin.post(f"keys/{keys['retired']}/retire").status_code == 404


def _state(world: World, key: str) -> str:
    with world.database.reading() as session:
        query = select(Delivery.state).where(Delivery.key.startswith(f"score:{key}:"))
        return session.scalars(query).one()


def test_scores_that_are_not_in_the_gradebook_are_listed_without_names(
    world: World, admin: Admin
) -> None:
    assert "stands in its gradebook" in admin.get("scores").text
    promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    promise(world, "charts")
    promise(world, "ethics", state="done")
    page = admin.get("scores").text
    for words in ("Refused.", "SQL foundations", "Charts that tell the truth", "2 scores are"):
        assert words in page
    assert "Data ethics" not in page
    assert "Amara" not in page
    assert str(world.learner.learner_uuid) in page


def test_one_is_sent_again_or_all_that_did_not_arrive(world: World, admin: Admin) -> None:
    failed = {"state": "failed", "reason": "refused", "last_answer": "Refused."}
    uuid = promise(world, "sql", **failed)
    promise(world, "charts", **failed)
    promise(world, "ethics", **failed | {"state": "overridden"})
    answer = admin.post(f"scores/{uuid}/again")
    assert answer.location == "/admin/scores?notice=score-again"
    assert (_state(world, "sql"), _state(world, "charts")) == ("pending", "failed")
    again = admin.post(f"scores/{uuid}/again")
    assert again.location == "/admin/scores?notice=score-unchanged"
    assert admin.post("scores/again").location == "/admin/scores?notice=scores-again"
    assert _state(world, "charts") == "pending"
    assert _state(world, "ethics") == "overridden", "the teacher of the course chooses"
    assert last_event(world.database) == (admin.actor, "score.again")


def test_an_institution_is_suspended_and_goes_on(world: World, admin: Admin) -> None:
    assert world.teacher.get("roster").status_code == 200
    assert admin.post("institutions/harbour/suspend").status_code == 303
    page = admin.get("institutions").text
    assert re.search(r"Suspended since 30 June 2026", page)
    assert world.teacher.get("roster").status_code == 401
    assert world.other_teacher.get("roster").status_code == 200
    assert admin.post("institutions/harbour/resume").status_code == 303
    assert "Suspended since" not in admin.get("institutions").text
    assert admin.post("institutions/nowhere/suspend").status_code == 404


def test_who_looks_after_one_institution_is_not_shown_the_way_to_the_rest(world: World) -> None:
    page = sign_in(world, "hill").get("platforms").text
    assert "/admin/scores" in page
    assert "/admin/keys" not in page
    assert "/admin/institutions" not in page
