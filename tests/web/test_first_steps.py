"""The first steps: read from the data, with links, gone when done or put away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from lti_tool.mailing import Mailer
from lti_tool.persistence.administrators import Administrator
from lti_tool.persistence.base import Database
from lti_tool.persistence.issuer_keys import IssuerKeyRow
from lti_tool.persistence.marks import BACKUP, WORKER
from lti_tool.persistence.platforms import Deployment
from lti_tool.services.note_mark import note_mark
from lti_tool.services.show_first_steps import show_first_steps
from tests.web.admins import Admin, give, sign_in
from tests.web.world import World


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions with a platform each, and stacks."""
    return World(database, now)


def _done(world: World, admin: Admin, within: int | None = None) -> dict[str, bool]:
    found = show_first_steps(
        world.database, admin.uuid, within=within, has_mail=False, now=world.now
    )
    return {step.name: step.is_done for step in found}


def test_steps_are_ticked_off_by_what_is_there(world: World) -> None:
    admin = sign_in(world)
    assert _done(world, admin) == {
        "platform": True,
        "deployment": True,
        "launch": False,
        "stack": True,
        "issuer-key": False,
        "worker": False,
        "mail": False,
        "backup": False,
    }
    page = admin.get("platforms").text
    assert "3 of 8 are done" in page
    assert "quoin backup create FILE" in page
    note_mark(world.database, BACKUP, now=world.now)
    note_mark(world.database, WORKER, now=world.now)
    assert "5 of 8 are done" in admin.get("platforms").text


def test_an_institution_has_its_own_steps_alone(world: World) -> None:
    admin = sign_in(world, "harbour", "Hanna")
    give(world, "harbour")
    with world.database.reading() as session:
        within = session.scalars(select(Administrator.institution_id)).one()
    assert set(_done(world, admin, within)) == {
        "platform",
        "deployment",
        "launch",
        "stack",
        "issuer-key",
    }
    assert "First steps" in admin.get("platforms").text


def test_all_done_is_gone(world: World) -> None:
    admin = sign_in(world)
    parts = world.app.extensions["quoin"]
    mailer = Mailer("127.0.0.1", 1, "quoin@example.edu", is_tls=False)
    world.app.extensions["quoin"] = replace(parts, mailer=mailer)
    note_mark(world.database, BACKUP, now=world.now)
    note_mark(world.database, WORKER, now=world.now)
    with world.database.writing() as session:
        session.scalars(select(Deployment)).first().last_launch_at = world.now  # type: ignore[union-attr]
    assert "7 of 8 are done" in admin.get("platforms").text
    with world.database.writing() as session:
        session.add(
            IssuerKeyRow(
                key_id="k1",
                institution_id=1,
                algorithm="Ed25519",
                public_key=b"p",
                handle=b"h",
                created_at=world.now,
            )
        )
    assert "First steps" not in admin.get("platforms").text


def test_whoever_puts_them_away_does_not_see_them_again_and_others_do(world: World) -> None:
    admin, other = sign_in(world), sign_in(world, name="Olu")
    answer = admin.post("first-steps/hide")
    assert answer.status_code == 303
    assert "put away" in admin.get(answer.headers["Location"]).text
    assert "First steps" not in admin.get("platforms").text
    assert "First steps" in other.get("platforms").text
