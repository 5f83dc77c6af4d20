"""Passkeys: made inside a session, bound to this site, good for one challenge each."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.persistence.sign_in_ways import Kind, SignInWay
from lti_tool.signing_in.passkeys import Site, site_of
from tests.signing_in.authenticator import PRESENT, Authenticator
from tests.signing_in.conftest import HARBOUR, HOME, Browser, SigningWorld

OWN, STAFF = "/own/ways", "/admin/ways"


def options_for_new(browser: Browser, ways: str = OWN) -> dict[str, Any]:
    answer = browser.press(ways, f"{ways}/passkey/options")
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.text))


def make(
    browser: Browser, device: Authenticator, ways: str = OWN, name: str = "My phone"
) -> TestResponse:
    credential = device.create(options_for_new(browser, ways))
    return browser.press(ways, f"{ways}/passkey", {"credential": credential, "name": name})


def options(browser: Browser, door: str = f"{HARBOUR}/student") -> dict[str, Any]:
    answer = browser.post(f"{door}/passkey/options")
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.text))


def send(browser: Browser, credential: str, door: str = f"{HARBOUR}/student") -> TestResponse:
    return browser.post(f"{door}/passkey", {"credential": credential})


def enter(
    world: SigningWorld, device: Authenticator, door: str = f"{HARBOUR}/student"
) -> TestResponse:
    browser = Browser(world)
    return send(browser, device.get(options(browser, door)), door)


@pytest.fixture
def device() -> Authenticator:
    """A device at this tool's site."""
    return Authenticator(HOME)


@pytest.fixture
def known(sqlite_world: SigningWorld, device: Authenticator) -> SigningWorld:
    """A world whose learner has made a passkey with the device."""
    assert make(sqlite_world.keep(), device).location == f"{OWN}?notice=added"
    return sqlite_world


def way_of(world: SigningWorld) -> SignInWay:
    with world.database.reading() as session:
        return session.scalars(select(SignInWay).where(SignInWay.kind == Kind.PASSKEY)).one()


def test_a_learner_makes_a_passkey_and_comes_back_with_it(
    world: SigningWorld, device: Authenticator
) -> None:
    first = world.keep()
    asked = options_for_new(first)
    assert asked["rp"] == {"name": "Quoin", "id": "localhost"}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert make(first, device).location == f"{OWN}?notice=added"
    assert "Passkey: <bdi>My phone</bdi>" in first.get(OWN).text
    browser = Browser(world)
    told = options(browser)
    assert (told["rpId"], told["userVerification"]) == ("localhost", "required")
    assert told.get("allowCredentials", []) == [], "who it is is not known before"
    answer = send(browser, device.get(told))
    assert (answer.status_code, answer.location) == (303, "/own")
    assert way_of(world).sign_count == 1


def test_staff_sign_in_with_a_passkey_where_they_use_links_and_at_their_institution(
    world: SigningWorld, device: Authenticator
) -> None:
    assert make(world.staff(), device, STAFF).location == f"{STAFF}?notice=added"
    for door in ("/admin/sign-in", f"{HARBOUR}/staff"):
        answer = enter(world, device, door)
        assert (answer.status_code, answer.location) == (303, "/admin/platforms")
    for door in ("/sign-in/hill/staff", f"{HARBOUR}/student"):
        assert enter(world, device, door).status_code == 422, door


def test_an_administrator_of_the_whole_tool_has_passkeys_and_links_alone(
    sqlite_world: SigningWorld, device: Authenticator
) -> None:
    browser = sqlite_world.staff(None)
    assert "Connect it" not in browser.get(STAFF).text
    assert make(browser, device, STAFF).status_code == 303
    assert enter(sqlite_world, device, "/admin/sign-in").location == "/admin/platforms"
    assert "Send me a code" not in browser.get(STAFF).text
    for act in ("provider", "mail"):
        assert browser.press(STAFF, f"{STAFF}/{act}").status_code == 404


def test_a_challenge_is_good_once_for_ten_minutes_in_its_browser(
    known: SigningWorld, device: Authenticator
) -> None:
    browser = Browser(known)
    credential = device.get(options(browser))
    assert send(browser, credential).status_code == 303
    replayed = send(browser, credential)
    assert replayed.status_code == 422
    assert "Begin again" in replayed.text
    stolen = device.get(options(browser))
    victim = Browser(known)
    options(victim)
    assert send(victim, stolen).status_code == 422, "login CSRF"
    late = device.get(options(browser))
    known.now += timedelta(minutes=10)
    assert send(browser, late).status_code == 422
    unasked = device.get({"rpId": "localhost", "challenge": "AAAA"})
    assert send(browser, unasked).status_code == 422


def test_a_challenge_of_one_door_is_none_of_another(
    known: SigningWorld, device: Authenticator
) -> None:
    browser = Browser(known)
    credential = device.get(options(browser, "/sign-in/hill/student"))
    assert send(browser, credential).status_code == 422
    credential = device.get(options(browser, "/admin/sign-in"))
    assert send(browser, credential).status_code == 422
    assert enter(known, device, "/sign-in/hill/student").status_code == 422


def test_a_passkey_of_another_site_key_or_without_a_person_is_refused(
    known: SigningWorld, device: Authenticator
) -> None:
    browser = Browser(known)
    wrong = [
        device.get(options(browser), origin="https://evil.example"),
        device.get(options(browser), type="webauthn.create"),
        device.get({**options(browser), "rpId": "evil.example"}),
    ]
    device.flags = PRESENT
    wrong.append(device.get(options(browser)))
    device.flags = Authenticator(HOME).flags
    forger = Authenticator(HOME, credential_id=device.credential_id, count=50)
    wrong.append(forger.get(options(browser)))
    wrong.append(Authenticator(HOME).get(options(browser)))
    for credential in wrong:
        answer = send(browser, credential)
        assert answer.status_code == 422
        assert "was not accepted" in answer.text
    assert browser.get("/own").status_code == 401
    assert enter(known, device).status_code == 303


def test_a_copy_of_a_passkey_is_noticed_by_its_count(
    known: SigningWorld, device: Authenticator
) -> None:
    copy = Authenticator(HOME, device.credential_id, device.key)
    for _ in range(3):
        assert enter(known, device).status_code == 303
    assert enter(known, copy).status_code == 422
    assert way_of(known).sign_count == 3


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"rawId": 1, "response": {}}'])
def test_what_is_no_answer_of_a_browser_is_refused(known: SigningWorld, credential: str) -> None:
    assert send(Browser(known), credential).status_code == 422


def test_a_new_passkey_needs_the_session_in_which_it_was_asked_for(
    sqlite_world: SigningWorld, device: Authenticator
) -> None:
    world = sqlite_world
    amara, ben = world.keep(), world.keep(world.come_as("ben"))
    credential = device.create(options_for_new(amara))
    form = {"credential": credential, "name": "Phone"}
    assert ben.press(OWN, f"{OWN}/passkey", form).status_code == 422
    assert amara.press(OWN, f"{OWN}/passkey", form).status_code == 422, "and it is used up"
    unverified = Authenticator(HOME, flags=PRESENT)
    assert make(amara, unverified).status_code == 422
    signing = Browser(world)
    for_signing = device.create({**options_for_new(amara), **_challenge(options(signing))})
    form = {"credential": for_signing, "name": "Phone"}
    assert amara.press(OWN, f"{OWN}/passkey", form).status_code == 422


def _challenge(found: dict[str, Any]) -> dict[str, Any]:
    return {"challenge": found["challenge"]}


def test_the_same_passkey_is_not_kept_twice_and_known_ones_are_excluded(
    known: SigningWorld, device: Authenticator
) -> None:
    browser = known.keep()
    asked = options_for_new(browser)
    assert len(asked["excludeCredentials"]) == 1
    assert make(browser, device).status_code == 422
    assert make(browser, Authenticator(HOME), name="Key").status_code == 303
    assert make(browser, Authenticator(HOME), name="x" * 101).status_code == 422


def test_passkeys_need_a_name_as_an_address() -> None:
    assert site_of("https://quoin.example.edu") == Site(
        "quoin.example.edu", "https://quoin.example.edu"
    )
    assert site_of("http://localhost:8000") == Site("localhost", "http://localhost:8000")
    for url in ("http://127.0.0.1:8000", "https://192.0.2.7", "https://[2001:db8::1]"):
        assert site_of(url) is None
