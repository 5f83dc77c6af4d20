"""The administrator's pages of evidence sources: what is entered, and whose they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_sources import EvidenceSource, list_deployments_of
from tests.web.admins import sign_in
from tests.web.world import World

TOKEN = "0123456789abcdef"


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions, on each engine in turn."""
    return World(database, now)


def _deployment(world: World, key: str) -> UUID:
    with world.database.reading() as session:
        return list_deployments_of(session, world._institutions[key])[0][0].uuid


def _form(world: World, key: str = "harbour", **changes: str) -> dict[str, str]:
    return {
        "deployment": str(_deployment(world, key)),
        "name": "Moodle",
        "base_url": "https://127.0.0.1:9",
        "token": TOKEN,
        **changes,
    }


def _sources(world: World) -> list[EvidenceSource]:
    with world.database.reading() as session:
        return list(session.scalars(select(EvidenceSource).order_by(EvidenceSource.id)))


def test_a_source_is_added_checked_switched_and_removed(world: World) -> None:
    admin = sign_in(world)
    assert admin.post("sources", _form(world)).status_code == 303
    (source,) = _sources(world)
    page = f"sources/{source.uuid}"
    checked = admin.post(f"{page}/check").text
    assert "Something is missing" in checked
    assert "There is no web service" in checked
    assert admin.post(f"{page}/token", {"token": ""}).status_code == 422
    assert admin.post(f"{page}/token", {"token": "another"}).status_code == 303
    assert admin.post(f"{page}/switch", {"act": "disable"}).status_code == 303
    assert "Switch on" in admin.get(page).text
    assert admin.post(f"{page}/switch", {"act": "explode"}).status_code == 404
    assert admin.post(f"{page}/reading").status_code == 303
    for address in ("sources", page):
        assert TOKEN not in admin.get(address).text
    assert admin.post(f"{page}/switch", {"act": "remove"}).status_code == 303
    assert admin.get(page).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "The name has 1 to 100 characters."),
        ({"base_url": "http://moodle.example"}, "https://"),
        ({"base_url": "https://moodle.example?x=1"}, "without a question mark"),
        ({"token": ""}, "Enter the token"),
        ({"deployment": "x"}, "Choose the installation."),
    ],
)
def test_wrong_input_is_refused_at_its_field(
    world: World, changes: dict[str, str], words: str
) -> None:
    answer = sign_in(world).post("sources", _form(world, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert TOKEN not in answer.text or "token" in changes
    assert _sources(world) == []


def test_an_administrator_of_one_institution_sees_nothing_of_another(world: World) -> None:
    everybody, local = sign_in(world), sign_in(world, "hill")
    everybody.post("sources", _form(world))
    (source,) = _sources(world)
    assert "Moodle" not in local.get("sources").text.split("<main")[1].split("<form")[0]
    for path in ("", "/check", "/token", "/switch", "/reading"):
        address = f"sources/{source.uuid}{path}"
        form = {"token": "mine", "act": "remove"}
        answer = local.post(address, form) if path else local.get(address)
        assert answer.status_code == 404, path
    assert local.post("sources", _form(world)).status_code == 422
    assert local.post("sources", _form(world, "hill")).status_code == 303
    assert [one.is_enabled for one in _sources(world)] == [True, True]
