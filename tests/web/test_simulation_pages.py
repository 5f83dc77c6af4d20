"""The registrar's pages of drafts: what each would do to all learners, computed aside."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from lti_tool.cli import serving
from lti_tool.persistence.base import Database
from lti_tool.persistence.simulations import Simulation
from lti_tool.services import run_simulations, start_simulation
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.run_simulations import run_next_simulation
from lti_tool.sources.oulad import Fact, Reading
from tests.services.drafting import Desk
from tests.web.admins import Admin, sign_in
from tests.web.world import STACKS, World

EASIER = """quoin: 2
stacks:
- {key: data-basics, title: Data basics, requires: {all: [{completed: sql, grade: 50}, charts]}}
"""
HARDER = EASIER.replace("charts]", "charts, ethics]")
OTHER = EASIER.replace("grade: 50}, charts", "grade: 60}, ethics")


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions on each engine in turn; thirty learners of the first have facts."""
    world = World(database, now)
    reading = Reading(achievements={"sql": "SQL", "charts": "Charts", "ethics": "Ethics"})
    for number in range(30):
        grade = Decimal(55 if number % 3 else 70)
        keys = ("sql", "charts", "ethics")[: 1 + number % 3]
        reading.facts[f"l{number}"] = [
            Fact(f"l{number}", key, now.date(), f"{number}-{key}", grade) for key in keys
        ]
    import_oulad(database, institution_id=world._institutions["harbour"], reading=reading, now=now)
    return world


@pytest.fixture
def rita(world: World) -> Admin:
    """A registrar of the first institution."""
    return sign_in(world, "harbour", "Rita", roles=("registrar",))


def draft(world: World, text: str = EASIER) -> tuple[Desk, UUID]:
    desk = Desk(world, world.teacher)
    uuid = desk.start()
    desk.write(uuid, text)
    return desk, uuid


def compute(world: World) -> int:
    passes = 0
    while run_next_simulation(world.database, now=world.now):
        passes += 1
        assert passes < 50
    return passes


def kept(world: World) -> Simulation:
    with world.database.reading() as session:
        found = session.query(Simulation).one()
        session.expunge(found)
        return found


def test_a_registrar_sees_who_gains_and_why(world: World, rita: Admin) -> None:
    _, uuid = draft(world)
    page = rita.get("drafts").text
    assert f"drafts/{uuid}" in page
    page = rita.get(f"drafts/{uuid}").text
    assert "It has not been computed yet" in page
    assert "hx-trigger" not in page
    answer = rita.post(f"drafts/{uuid}/simulation")
    assert answer.status_code == 303
    page = rita.get(answer.headers["Location"]).text
    assert "It waits for the worker" in page
    assert 'hx-trigger="every 2s"' in page
    assert compute(world)
    page = rita.get(f"drafts/{uuid}").text
    # Two of three have 55 points; those with charts as well gain.
    assert "20 would receive the award, 0 would not meet it any more" in page
    assert "SQL completed with 60 (0-100) or better: is not met yet" in page
    assert "Now: " in page
    assert "<bdi>SQL</bdi>: 20 learners" in page
    assert "30 learners looked at" in page
    assert "Its own rule is the same" in page
    assert "Data practice" in page
    assert page.count("/admin/learners/") == 3 * run_simulations.NAMES
    assert "hx-trigger" not in page
    assert "Simulated on" in rita.get("drafts").text


def test_the_worker_computes_it_in_a_thread_of_its_own(world: World, rita: Admin) -> None:
    _, uuid = draft(world)
    rita.post(f"drafts/{uuid}/simulation")
    with serving._simulations(world.app.extensions["quoin"]):
        until = time.monotonic() + 60
        while kept(world).finished_at is None and time.monotonic() < until:
            time.sleep(0.1)
    assert kept(world).learners == 30


def test_what_was_awarded_stays_and_nobody_is_named_twice(world: World, rita: Admin) -> None:
    _, uuid = draft(world, OTHER)
    rita.post(f"drafts/{uuid}/simulation")
    compute(world)
    stacks = kept(world).result
    assert sum(stacks["data-basics"]["effects"].values()) == 30
    assert "the award already made stays" not in rita.get(f"drafts/{uuid}").text
    # Whoever has 70 points has nothing but SQL: with charts they hold the award.
    reading = Reading(achievements={"charts": "Charts"})
    reading.facts["l0"] = [Fact("l0", "charts", world.now.date(), "more", None)]
    import_oulad(
        world.database,
        institution_id=world._institutions["harbour"],
        reading=reading,
        now=world.now,
    )
    rita.post(f"drafts/{uuid}/simulation")
    compute(world)
    assert kept(world).result["data-basics"]["effects"]["keeps"] == 1
    page = rita.get(f"drafts/{uuid}").text
    assert "Would not meet it any more; the award already made stays (1)" in page


def test_it_is_computed_in_portions_and_goes_on_where_it_was(
    world: World, rita: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, uuid = draft(world, HARDER)
    rita.post(f"drafts/{uuid}/simulation")
    compute(world)
    whole = kept(world).result
    monkeypatch.setattr(run_simulations, "PORTION", 7)
    rita.post(f"drafts/{uuid}/simulation")
    assert run_next_simulation(world.database, now=world.now)
    assert run_next_simulation(world.database, now=world.now)
    page = rita.get(f"drafts/{uuid}").text
    assert "<progress" in page
    assert "of 30 learners looked at" in page
    assert "So far." in page
    assert compute(world) > 2
    pieces = kept(world).result
    assert pieces["data-basics"]["effects"] == whole["data-basics"]["effects"]
    assert pieces["data-basics"]["requirements"] == whole["data-basics"]["requirements"]
    assert pieces == whole


def test_what_is_begun_anew_meanwhile_throws_the_portion_away(
    world: World, rita: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, uuid = draft(world)
    rita.post(f"drafts/{uuid}/simulation")
    whole = run_simulations._portion

    def slow(*given: Any) -> dict[str, Any]:
        found = whole(*given)
        world.now = world.now.replace(microsecond=world.now.microsecond + 1)
        monkeypatch.setattr(run_simulations, "_portion", whole)
        start_simulation.start_simulation(
            world.database, uuid, institution_id=desk.place.institution_id, actor="x", now=world.now
        )
        return found

    monkeypatch.setattr(run_simulations, "_portion", slow)
    assert run_next_simulation(world.database, now=world.now)
    assert kept(world).learners == 0
    compute(world)
    assert kept(world).learners == 30


def test_a_change_of_the_draft_or_of_what_is_published_is_said(world: World, rita: Admin) -> None:
    desk, uuid = draft(world)
    rita.post(f"drafts/{uuid}/simulation")
    compute(world)
    assert "was changed since" not in rita.get(f"drafts/{uuid}").text
    desk.write(uuid, HARDER)
    assert "was changed since" in rita.get(f"drafts/{uuid}").text
    rita.post(f"drafts/{uuid}/simulation")
    later = STACKS.replace("grade: 60", "grade: 61")
    publish_stacks(
        world.database, institution_key="harbour", text=later, actor="test", now=world.now
    )
    compute(world)
    page = rita.get(f"drafts/{uuid}").text
    assert "was changed while this was computed" in page
    rita.post(f"drafts/{uuid}/simulation")
    compute(world)
    page = rita.get(f"drafts/{uuid}").text
    assert "was changed" not in page


def test_a_draft_that_cannot_be_published_is_refused(
    world: World, rita: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(world, world.teacher)
    uuid = desk.start()
    assert "still to be corrected" in rita.get(f"drafts/{uuid}").text
    answer = rita.post(f"drafts/{uuid}/simulation")
    assert answer.status_code == 422
    assert "still to be corrected" in answer.text
    desk.write(uuid, EASIER)
    monkeypatch.setattr(start_simulation, "NEEDED", ("no_such_module_is_there",))
    answer = rita.post(f"drafts/{uuid}/simulation")
    assert answer.status_code == 409
    assert "pip install" in answer.text


def test_drafts_of_others_are_not_there(world: World) -> None:
    _, uuid = draft(world)
    hilda = sign_in(world, "hill", "Hilda", roles=("registrar",))
    assert str(uuid) not in hilda.get("drafts").text
    assert hilda.get(f"drafts/{uuid}").status_code == 404
    assert hilda.post(f"drafts/{uuid}/simulation").status_code == 404
    tom = sign_in(world, "harbour", "Tom", roles=("administrator",))
    assert tom.get("drafts").status_code == 403
    assert tom.post(f"drafts/{uuid}/simulation").status_code == 403
