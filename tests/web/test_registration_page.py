"""The page of an invitation: nothing happens without the form that it made itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask

from lti_tool.persistence.base import Database
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.web import registration
from lti_tool.web.rate_limit import RateLimit
from tests.web.world import ORIGIN, World

ASKED = {"openid_configuration": "https://lms.example/config", "registration_token": "secret"}


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    return World(sqlite_database, now)


def _invite(world: World) -> str:
    made = invite_platform(
        world.database, "harbour", InvitationTerms(), actor="test", now=world.now
    )
    return f"/lti/register/{made.code}"


def _fields(app: Flask, address: str) -> dict[str, str]:
    from demo_lms.testing import read_form

    page = app.test_client().get(address, query_string=ASKED, base_url=ORIGIN)
    assert page.status_code == 200
    return read_form(page.text).fields


@pytest.mark.parametrize("name", ["openid_configuration", "registration_token", "expires", "proof"])
def test_a_form_that_was_altered_is_refused(world: World, name: str) -> None:
    address = _invite(world)
    fields = _fields(world.app, address) | {name: "9999999999"}
    answer = world.app.test_client().post(address, data=fields, base_url=ORIGIN)
    assert answer.status_code == 400
    assert "lti-registration-form" in answer.text


def test_a_form_without_our_proof_is_refused(world: World) -> None:
    answer = world.app.test_client().post(_invite(world), data=ASKED, base_url=ORIGIN)
    assert (answer.status_code, "lti-registration-form" in answer.text) == (400, True)


def test_a_form_of_another_invitation_is_refused(world: World) -> None:
    fields = _fields(world.app, _invite(world))
    answer = world.app.test_client().post(_invite(world), data=fields, base_url=ORIGIN)
    assert "lti-registration-form" in answer.text


def test_a_form_is_good_for_half_an_hour(world: World) -> None:
    address = _invite(world)
    fields = _fields(world.app, address)
    world.now += timedelta(minutes=30)
    answer = world.app.test_client().post(address, data=fields, base_url=ORIGIN)
    assert "lti-registration-form" in answer.text


def test_a_repeated_or_endless_parameter_is_refused(world: World) -> None:
    address = _invite(world)
    client = world.app.test_client()
    twice = client.get(f"{address}?registration_token=a&registration_token=b", base_url=ORIGIN)
    long = client.get(f"{address}?registration_token={'a' * 9000}", base_url=ORIGIN)
    assert (twice.status_code, long.status_code) == (400, 400)


def test_what_the_lms_sent_is_shown_as_text(world: World) -> None:
    page = world.app.test_client().get(
        _invite(world),
        query_string=ASKED | {"registration_token": '"><script>alert(1)</script>'},
        base_url=ORIGIN,
    )
    assert "<script>alert" not in page.text


def test_canvas_reads_the_developer_key_without_signing_in(world: World) -> None:
    answer = world.app.test_client().get("/lti/canvas.json", base_url=ORIGIN)
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["public_jwk_url"] == f"{ORIGIN}/lti/jwks"


def test_a_flood_from_one_address_is_slowed_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "registration_limit", RateLimit(60))
    client = world.app.test_client()
    answers = [client.get("/lti/register/x", base_url=ORIGIN) for _ in range(70)]
    assert "lti-invitation" in answers[0].text
    assert "lti-too-many-registrations" in answers[-1].text
