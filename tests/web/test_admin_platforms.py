"""The administrator's pages of platforms: what they say, and what each form does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.lti.error_codes import CODES
from lti_tool.persistence.base import Database
from lti_tool.persistence.invitations import Invitation
from lti_tool.persistence.platforms import Deployment, Registration
from lti_tool.services.show_platform import PlatformView, show_platform
from lti_tool.web.admin.words import on_page, refusal
from tests.web.admins import Admin, give, sign_in, wait_for_approval
from tests.web.world import ORIGIN, World

ROOT = Path(__file__).resolve().parents[2]
MOODLE = "https://moodle.example.edu"
FORM = {
    "name": "Harbour Moodle",
    "family": "moodle",
    "issuer": MOODLE,
    "client_id": "AbC123xyz",
    "authorization_url": f"{MOODLE}/auth",
    "token_url": f"{MOODLE}/token",
    "jwks_url": f"{MOODLE}/certs",
    "deployment_id": "3\r\n\r\n 4 ",
    "institution": "harbour",
}


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions with a platform each."""
    return World(database, now)


@pytest.fixture
def admin(world: World) -> Admin:
    """Somebody who looks after the whole tool."""
    return sign_in(world)


@pytest.fixture
def platform(world: World) -> UUID:
    """The platform of the first institution."""
    return give(world, "harbour")


def _view(world: World, platform: UUID) -> PlatformView:
    return show_platform(world.database, platform)


def _states(world: World, platform: UUID) -> dict[str, tuple[str, str | None]]:
    view = _view(world, platform)
    return {row.deployment_id: (row.state, row.institution) for row in view.deployments}


def _set(world: World, deployment_id: str, **values: Any) -> None:
    with world.database.writing() as session:
        query = select(Deployment).where(Deployment.deployment_id == deployment_id)
        found = session.scalars(query).one()
        for name, value in values.items():
            setattr(found, name, value)


def test_a_platform_where_something_waits_comes_first(world: World, admin: Admin) -> None:
    page = admin.get("platforms").text
    assert page.index("client harbour") < page.index("client hill")
    wait_for_approval(world, give(world, "hill"))
    page = admin.get("platforms").text
    assert page.index("client hill") < page.index("client harbour")
    assert "1 installation waits for approval" in page


def test_the_short_address_leads_to_the_platforms(admin: Admin) -> None:
    answer = admin.get("/admin")
    assert (answer.status_code, answer.location) == (303, "/admin/platforms")


def test_the_page_of_a_platform_says_what_the_lms_must_be_told(
    admin: Admin, platform: UUID
) -> None:
    page = admin.get(f"platforms/{platform}").text
    for value in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f'value="{ORIGIN}{value}"' in page
    assert 'value="context_history=$Context.id.history"' in page


def test_a_refusal_is_explained_until_somebody_comes_through(
    world: World, admin: Admin, platform: UUID
) -> None:
    wait_for_approval(world, platform)
    refused = {"last_error_code": "lti-token-time", "last_error_at": world.now}
    _set(world, "new", **refused)
    page = admin.get(f"platforms/{platform}").text
    assert "By our clock the launch is too old" in page
    assert "“Check now” compares the clocks" in page
    _set(world, "new", last_launch_at=world.now + timedelta(minutes=1))
    page = admin.get(f"platforms/{platform}").text
    assert "Since then launches came through." in page
    assert "compares the clocks;" not in page


def test_a_waiting_deployment_is_approved_revoked_and_approved_again(
    world: World, admin: Admin, platform: UUID
) -> None:
    wait_for_approval(world, platform)
    form = {"deployment_id": "new", "institution": "harbour"}
    for act, notice, state in (
        ("approve", "approved", "approved"),
        ("revoke", "revoked", "revoked"),
        ("approve", "approved", "approved"),
    ):
        answer = admin.post(f"platforms/{platform}/{act}", form)
        assert answer.location == f"/admin/platforms/{platform}?notice={notice}"
        assert _states(world, platform)["new"] == (state, "harbour")
        assert 'role="status"' in admin.get(answer.location).text


@pytest.mark.parametrize(
    ("deployment_id", "institution", "field"),
    [
        ("", "harbour", "deployment_id"),
        ("ü", "harbour", "deployment_id"),
        ("5", "", "institution"),
        ("5", "nowhere", "institution"),
    ],
)
def test_what_cannot_be_approved_is_said_at_its_field_and_kept(
    world: World, admin: Admin, platform: UUID, deployment_id: str, institution: str, field: str
) -> None:
    before = _states(world, platform)
    form = {"deployment_id": deployment_id, "institution": institution}
    answer = admin.post(f"platforms/{platform}/approve", form)
    assert answer.status_code == 422
    assert f'id="approve-{field}-error"' in answer.text
    assert f'name="deployment_id" value="{deployment_id}"' in answer.text
    assert _states(world, platform) == before


def test_a_deployment_of_another_institution_does_not_change_hands(
    world: World, admin: Admin, platform: UUID
) -> None:
    (known,) = _states(world, platform)
    form = {"deployment_id": known, "institution": "hill"}
    answer = admin.post(f"platforms/{platform}/approve", form)
    assert (answer.status_code, "another institution" in answer.text) == (422, True)
    assert _states(world, platform)[known] == ("approved", "harbour")


def test_a_platform_is_switched_off_with_a_reason_and_on_again(
    world: World, admin: Admin, platform: UUID
) -> None:
    too_long = admin.post(f"platforms/{platform}/switch-off", {"reason": "x" * 501})
    assert (too_long.status_code, "x" * 501 in too_long.text) == (422, True)
    assert _view(world, platform).is_enabled
    admin.post(f"platforms/{platform}/switch-off", {"reason": "Contract ended"})
    page = admin.get(f"platforms/{platform}").text
    assert "Switched off" in page
    assert "Contract ended" in page
    assert "Switched off" in admin.get("platforms").text
    admin.post(f"platforms/{platform}/switch-on")
    view = _view(world, platform)
    assert (view.is_enabled, view.disabled_reason) == (True, None)


def test_the_settings_are_those_of_the_command(world: World, admin: Admin, platform: UUID) -> None:
    form = {
        "name": " Our Canvas ",
        "family": "canvas",
        "institution": "hill",
        "hosts": "a.example.edu\r\nb.example.edu:8443\r\n",
        "frame_origins": "https://canvas.example.edu\r\n",
        "approves_deployments": "1",
    }
    assert admin.post(f"platforms/{platform}/settings", form).status_code == 303
    view = _view(world, platform)
    assert (view.name, view.family, view.institution) == ("Our Canvas", "canvas", "hill")
    assert view.service_hosts == ("a.example.edu", "b.example.edu:8443")
    assert view.frame_origins == ("https://canvas.example.edu",)
    assert view.approves_deployments
    form = {"name": "Our Canvas", "family": "canvas", "hosts": ""}
    assert admin.post(f"platforms/{platform}/settings", form).status_code == 303
    view = _view(world, platform)
    assert (view.service_hosts, view.approves_deployments) == ((), False)
    assert view.institution == "hill", "what is not chosen stays"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 256),
        ("hosts", "https://a.example.edu"),
        ("frame_origins", "canvas"),
        ("family", "x"),
    ],
)
def test_wrong_settings_are_said_at_their_field_and_change_nothing(
    world: World, admin: Admin, platform: UUID, field: str, value: str
) -> None:
    before = _view(world, platform)
    form = {"name": "New", "family": "moodle", "hosts": "a.example.edu"} | {field: value}
    answer = admin.post(f"platforms/{platform}/settings", form)
    assert answer.status_code == 422
    assert f'id="settings-{field}-error"' in answer.text
    assert "a.example.edu" in answer.text
    assert _view(world, platform) == before


def test_only_a_platform_by_which_nobody_has_come_is_removed(
    world: World, admin: Admin, platform: UUID
) -> None:
    refused = admin.post(f"platforms/{platform}/remove")
    assert refused.status_code == 409
    assert "Switch it off instead: “Switch off”." in refused.text
    fresh = admin.post("platforms/new", FORM).location.split("?")[0]
    assert admin.post(f"{fresh}/remove").location == "/admin/platforms?notice=removed"
    assert admin.get(fresh).status_code == 404
    assert "is removed" in admin.get("/admin/platforms?notice=removed").text


def test_a_platform_is_registered_by_hand_with_its_deployments(world: World, admin: Admin) -> None:
    answer = admin.post("platforms/new", FORM)
    assert answer.status_code == 303
    platform = UUID(re.findall(r"/platforms/([0-9a-f-]+)", answer.location)[0])
    view = _view(world, platform)
    assert (view.name, view.family, view.institution) == ("Harbour Moodle", "moodle", "harbour")
    assert (view.issuer, view.client_id) == (MOODLE, "AbC123xyz")
    approved = ("approved", "harbour")
    assert _states(world, platform) == {"3": approved, "4": approved}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", ""),
        ("issuer", "x" * 256),
        ("client_id", "ü"),
        ("authorization_url", "http://moodle.example.edu/auth"),
        ("token_url", "moodle.example.edu/token"),
        ("jwks_url", ""),
        ("deployment_id", "ü"),
        ("institution", "nowhere"),
        ("family", "x"),
        ("name", "x" * 256),
        ("token_audience", "x" * 2049),
    ],
)
def test_a_wrong_field_is_named_and_the_others_are_kept(
    world: World, admin: Admin, field: str, value: str
) -> None:
    answer = admin.post("platforms/new", FORM | {field: value})
    assert answer.status_code == 422
    assert f'id="register-{field}-error"' in answer.text
    assert f'href="#register-{field}"' in answer.text
    kept = "AbC123xyz" if field != "client_id" else MOODLE
    assert f'value="{kept}"' in answer.text
    assert "allow-loopback" not in answer.text
    with world.database.reading() as session:
        assert len(session.scalars(select(Registration)).all()) == 2


def test_new_addresses_are_entered_over_the_old(world: World, admin: Admin) -> None:
    page = admin.post("platforms/new", FORM).location.split("?")[0]
    form = admin.get(f"{page}/addresses").text
    assert f'value="{MOODLE}/certs"' in form
    changed = FORM | {"jwks_url": f"{MOODLE}/new", "deployment_id": ""}
    assert admin.post("platforms/new", changed).location.startswith(page)
    view = _view(world, UUID(page.rpartition("/")[2]))
    assert view.jwks_url == f"{MOODLE}/new"
    assert [row.deployment_id for row in view.deployments] == ["3", "4"]


def test_an_invitation_is_shown_once_and_is_good(world: World, admin: Admin) -> None:
    form = {"institution": "harbour", "family": "moodle", "hours": "2.5"}
    page = admin.post("platforms/invitations", form)
    (address,) = re.findall(rf'value="{ORIGIN}(/lti/register/[\w-]+)"', page.text)
    assert "Add LTI Advantage" in page.text
    opened = world.app.test_client().get(address, base_url=ORIGIN)
    assert "This is an invitation for <b>harbour</b>" in opened.text
    with world.database.reading() as session:
        found = session.scalars(select(Invitation)).one()
    assert found.expires_at == world.now + timedelta(hours=2.5)
    assert not found.allows_loopback


@pytest.mark.parametrize("hours", ["", "x", "0", "-1", "337", "nan", "inf", "1e400"])
def test_an_invitation_lasts_some_hours(world: World, admin: Admin, hours: str) -> None:
    form = {"institution": "harbour", "family": "canvas", "hours": hours}
    answer = admin.post("platforms/invitations", form)
    assert answer.status_code == 422
    assert 'id="invite-hours-error"' in answer.text
    assert '<option value="canvas" selected>' in answer.text
    with world.database.reading() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_a_check_that_fails_says_so_in_words(admin: Admin) -> None:
    nobody = "http://127.0.0.1:9"
    form = FORM | {"jwks_url": nobody, "token_url": nobody, "allows_loopback": "1"}
    page = admin.post("platforms/new", form).location.split("?")[0]
    answer = admin.post(f"{page}/check")
    assert answer.status_code == 200
    assert "Keyset: Does not work.</b> 127.0.0.1:9 did not answer" in answer.text
    assert "Look whether the address is right" in answer.text


def test_no_code_sends_people_from_the_page_to_a_terminal() -> None:
    for code in CODES:
        said = " ".join(refusal(code))
        assert "quoin " not in said, code
        assert "--" not in said, code


def test_no_sentence_of_a_use_case_that_a_page_shows_names_a_command() -> None:
    names = ("check_platform", "remove_platform", "retire_signing_key", "register_platform")
    for path in (f"services/{name}.py" for name in names):
        source = (ROOT / "lti_tool" / path).read_text("utf-8")
        for said in re.findall(r'"([^"\n]*quoin [a-z]+ [^"\n]*)"', source):
            filled = re.sub(r"\{[^}]*\}", "x", said).strip()
            if filled.endswith("--deployment x"):
                filled += " --institution KEY"
            assert "quoin " not in on_page(filled), said
