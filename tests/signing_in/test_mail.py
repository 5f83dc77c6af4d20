"""Codes by mail: confirmed inside, the same answer for everybody, few tries, one browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.persistence.learner_sessions import LearnerSession
from lti_tool.persistence.sign_in_attempts import SignInAttempt
from lti_tool.services.forget_expired import forget_expired
from lti_tool.signing_in.codes import code_of, is_code
from lti_tool.web import signing_in
from lti_tool.web.own_session import COOKIE
from lti_tool.web.rate_limit import RateLimit
from tests.signing_in.conftest import HARBOUR, Browser, SigningWorld

ADDRESS = "amara@example.org"
WAYS = "/own/ways"


def attempt_in(page: TestResponse) -> str:
    found = re.search(r'name="attempt" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def confirm(world: SigningWorld, browser: Browser, address: str = ADDRESS) -> TestResponse:
    asked = browser.press(WAYS, f"{WAYS}/mail", {"address": address})
    assert world.mail() == 1
    form = {"attempt": attempt_in(asked), "code": world.mailed_code()}
    return browser.press(WAYS, f"{WAYS}/mail/code", form)


def ask(browser: Browser, address: str = ADDRESS, side: str = "student") -> TestResponse:
    return browser.post(f"{HARBOUR}/{side}/mail", {"address": address})


def enter(
    browser: Browser, attempt: str, code: str, side: str = "student", **more: str
) -> TestResponse:
    form = {"attempt": attempt, "code": code, **more}
    return browser.post(f"{HARBOUR}/{side}/mail/code", form)


def signed_in(world: SigningWorld) -> Browser:
    """A new browser, signed in by a mailed code."""
    browser = Browser(world)
    attempt = attempt_in(ask(browser))
    world.mail()
    assert enter(browser, attempt, world.mailed_code()).status_code == 303
    return browser


def test_a_learner_keeps_access_by_an_address_and_comes_back_by_a_code(
    world: SigningWorld,
) -> None:
    first = world.keep()
    assert confirm(world, first).location == f"{WAYS}?notice=added"
    browser = Browser(world)
    asked = ask(browser, "AMARA@example.org")
    assert "If this address opens an account here" in asked.text
    world.mail()
    typed = world.mailed_code().lower().replace("-", " ")
    answer = enter(browser, attempt_in(asked), typed)
    assert (answer.status_code, answer.location) == (303, "/own")
    cookie = answer.headers["Set-Cookie"]
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert "Data basics" in browser.get("/own").text
    assert "Last used" in browser.get(WAYS).text
    assert first.cookie(COOKIE) != browser.cookie(COOKIE)


def test_the_answer_is_the_same_for_an_address_that_nobody_has(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world
    confirm(world, world.keep())
    texts = []
    for address in (ADDRESS, "nobody@example.org"):
        page = ask(Browser(world), address)
        texts.append(page.text.replace(attempt_in(page), ""))
    assert texts[0] == texts[1]
    sent = len(world.post.mails)
    assert world.mail() == 1, "to the one that is known"
    assert len(world.post.mails) == sent + 1
    with world.database.reading() as session:
        row = session.scalars(
            select(SignInAttempt).where(SignInAttempt.address == "nobody@example.org")
        ).one()
    browser, code = Browser(world), code_of(world.parts.config.secret_key, row.nonce)
    asked = ask(browser, "nobody@example.org")
    assert enter(browser, attempt_in(asked), code).status_code == 422


def test_five_wrong_codes_void_it_and_the_right_one_comes_too_late(world: SigningWorld) -> None:
    confirm(world, world.keep())
    browser = Browser(world)
    attempt = attempt_in(ask(browser))
    world.mail()
    for _ in range(5):
        page = enter(browser, attempt, "AAAA-AAAA")
        assert page.status_code == 422
        assert "not the code" in page.text
        assert attempt in page.text
    assert enter(browser, attempt, world.mailed_code()).status_code == 422
    assert browser.get("/own").status_code == 401


def test_a_code_is_good_once_for_ten_minutes_in_the_browser_that_asked(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world
    confirm(world, world.keep())
    browser = Browser(world)
    attempt = attempt_in(ask(browser))
    world.mail()
    code = world.mailed_code()
    other = Browser(world)
    ask(other, "nobody@example.org")
    assert enter(other, attempt, code).status_code == 422, "another browser"
    assert enter(browser, attempt, code, side="staff").status_code == 422, "another side"
    elsewhere = browser.post("/sign-in/hill/student/mail/code", {"attempt": attempt, "code": code})
    assert elsewhere.status_code == 422, "another institution"
    assert enter(browser, attempt, code).status_code == 303
    assert enter(browser, attempt, code).status_code == 422, "used"
    late = Browser(world)
    attempt = attempt_in(ask(late))
    world.mail()
    world.now += timedelta(minutes=10)
    assert enter(late, attempt, world.mailed_code()).status_code == 422


def test_an_address_gets_five_codes_an_hour_known_or_not(sqlite_world: SigningWorld) -> None:
    world = sqlite_world
    confirm(world, world.keep())
    for address, left in ((ADDRESS, 4), ("nobody@example.org", 5)):
        answers = [ask(Browser(world), address).status_code for _ in range(6)]
        assert answers == [200] * left + [422] * (6 - left)
    world.now += timedelta(hours=1, seconds=1)
    assert ask(Browser(world)).status_code == 200


def test_nobody_has_codes_mailed_to_many_addresses(sqlite_world: SigningWorld) -> None:
    browser = sqlite_world.keep()
    form = [{"address": f"a{n}@example.org"} for n in range(6)]
    answers = [browser.press(WAYS, f"{WAYS}/mail", one).status_code for one in form]
    assert answers == [200] * 5 + [422]


def test_a_flood_from_one_place_is_refused(
    sqlite_world: SigningWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "try_limit", RateLimit(signing_in.TRIES_PER_MINUTE))
    browser = Browser(sqlite_world)
    answers = [enter(browser, "x", "AAAA-AAAA").status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_an_address_opens_one_account_of_an_institution(sqlite_world: SigningWorld) -> None:
    world = sqlite_world
    confirm(world, world.keep())
    ben = world.keep(world.come_as("ben"))
    refused = confirm(world, ben)
    assert refused.status_code == 422
    assert "opens an account here already" in refused.text
    hill = world.keep(world.other_learner, "hill")
    assert confirm(world, hill).status_code == 303, "another institution knows nothing of it"


def test_what_is_no_address_is_refused_and_stays_in_the_field(sqlite_world: SigningWorld) -> None:
    page = ask(Browser(sqlite_world), "amara@")
    assert page.status_code == 422
    assert 'value="amara@"' in page.text
    assert "Enter one mail address" in page.text


def test_nothing_of_a_code_is_kept_and_old_attempts_are_forgotten(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world
    confirm(world, world.keep())
    attempt = attempt_in(ask(Browser(world)))
    world.mail()
    code = world.mailed_code()
    with world.database.reading() as session:
        rows = session.execute(select(SignInAttempt.__table__)).all()
    assert code not in str(rows)
    assert code.replace("-", "") not in str(rows)
    assert attempt not in str(rows)
    world.now += timedelta(hours=2)
    forget_expired(world.database, now=world.now)
    with world.database.reading() as session:
        assert session.scalars(select(SignInAttempt)).all() == []
        assert session.scalars(select(LearnerSession)).all() == []


def test_codes_are_read_however_they_are_typed() -> None:
    code = code_of(b"k" * 32, "salt")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert is_code(b"k" * 32, "salt", f" {code.lower()} ")
    assert not is_code(b"k" * 32, "other", code)
    assert not is_code(b"x" * 32, "salt", code)
    assert not is_code(b"k" * 32, "salt", "")
